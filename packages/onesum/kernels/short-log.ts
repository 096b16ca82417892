/**
 * Log-sum-exp and log-softmax of many short float32 rows, 4 at once.
 *
 * Method: as for ordinary rows, lane by lane: the exponentials of all entries but the maxima are summed (pairs in
 * float32, the rest in float64), scaled by 2^60 so that small ones still count; with the maximum's exponential as unit
 * and the other ties as ones this is `rest`, and log Σ = max + log1p(rest) in float64. The errors are those of
 * ordinary rows.
 */
import {
  type Code,
  Func,
  f32,
  f32x4,
  f64,
  f64x2,
  I32,
  i8x16,
  i32,
  i32x4,
  ifElse,
  type Local,
  select,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { demoted, type Lanes } from './exp.ts'
import { fourRows, groupOf, type Quad, quad } from './quad.ts'
import { HIGH_HALF, storePartial } from './rows.ts'
import { inRange, promoted, quads, reduction, split, sweep } from './short.ts'

/** Terms down to 2^-186 of the top count beside a left-out maximum. */
const FOLD = 60

/** The sums beside the left-out maxima, two rows to a vector. */
export interface Rest {
  /** Comes before the loop over rows. */
  readonly load: Code
  /** The exponentials and their sums. */
  readonly run: Code
  /** What the sums are turned into: Σ of all but one maximum, and that maximum's exponential. */
  readonly close: Code
  readonly others: readonly Local[]
  readonly top: readonly Local[]
}

/**
 * The pass over exponentials with the maxima left out and counted; `each` may use the group before its exponentials
 * go.
 */
export function besideMaxima(q: Quad, fma: boolean, each: (w: Lanes) => Code): Rest {
  const { f, max, at } = q
  const [most, counts] = f.locals(V128, 2)
  const others = f.locals(V128, 2)
  const top = f.locals(V128, 2)
  const add = (v: Local) => others.map((sum, i) => sum.set(f64x2.add(sum.get, promoted(v)[i])))
  const exps = sweep(q, fma, (w) =>
    seq(
      each(w),
      ...w.a.map((mask, i) => mask.set(f32x4.eq(v128.load(at.get, 16 * i), max.get))),
      ...w.q.map((e) => most.set(f32x4.pmax(most.get, e.get))),
      ...w.a.map((mask) => counts.set(i32x4.sub(counts.get, mask.get))),
      ...w.q.map((e, i) => e.set(v128.andnot(e.get, w.a[i].get))),
      ...w.q.flatMap((e, i) => (i % 2 === 1 ? [e.set(f32x4.add(e.get, w.q[i - 1].get)), ...add(e)] : [])),
      ...(w.q.length === 1 ? add(w.q[0]) : []),
    ),
  )
  const zero = f32x4.splat(f32.const(0))
  const ties = [counts.get, i8x16.shuffle(HIGH_HALF, counts.get, counts.get)].map((pair) =>
    f64x2.convert_low_i32x4_s(pair),
  )
  return {
    load: exps.load,
    run: seq(
      reduction(q, FOLD),
      // the maximum itself is not counted
      counts.set(i32x4.splat(i32.const(-1))),
      ...[most, ...others].map((local) => local.set(zero)),
      exps.run,
    ),
    close: seq(
      ...top.map((local, i) => local.set(promoted(most)[i])),
      ...others.map((sum, i) => sum.set(f64x2.add(sum.get, f64x2.mul(ties[i], top[i].get)))),
    ),
    others,
    top,
  }
}

/** Puts log1p of the others' sums, in units of the maxima's exponentials, in `logs`. */
export const logarithms = ({ others, top }: Rest, log1pLanes: Func, logs: readonly Local[]): Code =>
  seq(log1pLanes.call(...others.map((sum, i) => f64x2.div(sum.get, top[i].get))), logs[1].set([]), logs[0].set([]))

/**
 * The rows before those at x, less what stands in their lanes of `terms`, which are used up, into the rows at `out`: as
 * they lie, not transposed. A row's last vector overlaps its neighbour, and is computed before any of it is written, so
 * that the output may stand in the input's place.
 */
function subtractedRows({ f, x, bytes, at, from, to }: Quad, out: Local, terms: readonly Local[]): Code {
  const [rows, whole] = f.locals(I32, 2)
  const last = f.local(V128)
  const each = f.locals(V128, terms.length)
  const ordered = (term: Local, lanes: readonly number[]) => {
    const order = lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))
    return i8x16.shuffle(order, term.get, term.get)
  }
  const value = (vector: Code) => each.reduce((result, term) => f32x4.sub(result, term.get), vector)
  const atEach = (pointer: Local) => i32.add(pointer.get, at.get)
  return seq(
    from.set(i32.sub(x.get, i32.shl(bytes.get, i32.const(2)))),
    to.set(out.get),
    rows.set(i32.const(4)),
    whole.set(i32.sub(bytes.get, i32.const(16))),
    whole.set(select(i32.const(0), whole.get, i32.lt_s(whole.get, i32.const(0)))),
    whileTrue(
      rows.get,
      ...terms.map((term, i) => each[i].set(ordered(term, [0, 0, 0, 0]))),
      ...terms.map((term) => term.set(ordered(term, [1, 2, 3, 0]))),
      last.set(value(v128.load(i32.add(from.get, whole.get)))),
      at.set(i32.const(0)),
      whileTrue(
        i32.lt_u(at.get, whole.get),
        v128.store(atEach(to), 0, value(v128.load(atEach(from)))),
        at.set(i32.add(at.get, i32.const(16))),
      ),
      ifElse(
        i32.lt_u(bytes.get, i32.const(16)),
        storePartial(to.get, last, bytes.get),
        v128.store(i32.add(to.get, whole.get), 0, last.get),
      ),
      from.set(i32.add(from.get, bytes.get)),
      to.set(i32.add(to.get, bytes.get)),
      rows.set(i32.sub(rows.get, i32.const(1))),
    ),
  )
}

/**
 * logShort(x, y, groups, length, reduce): log-softmax of 4 · groups rows, or where `reduce` is 1 their log-sum-exp. One
 * function, for the two differ in their last lines alone.
 */
export function logShort(fma: boolean, logSumExp: Func, logSoftmax: Func, log1pLanes: Func): Func {
  const f = new Func('logShort', [], false)
  const [x, y, groups, bytes, reduce] = f.params(I32, 5)
  const q = quad(f, x, bytes, groupOf(fma))
  const step = f.local(I32)
  const [center, high, low, result] = f.locals(V128, 4)
  const rest = besideMaxima(q, fma, () => [])
  const logs = rest.others
  const plus = (i: number) => f64x2.add(promoted(q.max)[i], logs[i].get)
  const length = i32.shr_u(bytes.get, i32.const(2))
  return f.body(
    rest.load,
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    step.set(select(i32.const(16), fourRows(q), reduce.get)),
    quads(q, groups, y, {
      fit: inRange(q),
      first: rest.run,
      middle: seq(
        rest.close,
        logarithms(rest, log1pLanes, logs),
        ifElse(reduce.get, result.set(demoted(plus(0), plus(1))), seq(center.set(q.max.get), split(logs, high, low))),
      ),
      last: ifElse(reduce.get, v128.store(y.get, 0, result.get), subtractedRows(q, y, [center, high, low])),
      step: step.get,
      otherwise: ifElse(
        reduce.get,
        logSumExp.call(x.get, y.get, i32.const(4), length),
        logSoftmax.call(x.get, y.get, i32.const(4), length, f64.const(Math.LOG2E), i32.const(1)),
      ),
    }),
  )
}

/** A function of (x, y, groups, length) for one of the two. */
function entry(name: string, both: Func, reduce: number): Func {
  const f = new Func(name)
  const parameters = f.params(I32, 4)
  return f.body(both.call(...parameters.map((parameter) => parameter.get), i32.const(reduce)))
}

/** logSoftmaxShort(x, y, groups, length): 4 · groups rows of 1 to 192 columns at temperature 1. */
export const logSoftmaxShort = (both: Func): Func => entry('logSoftmaxShort', both, 0)

/** logSumExpShort(x, y, groups, length): of 4 · groups rows of 1 to 192 columns, one float32 per row at y. */
export const logSumExpShort = (both: Func): Func => entry('logSumExpShort', both, 1)

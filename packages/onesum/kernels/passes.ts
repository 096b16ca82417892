/**
 * The passes that kernels over contiguous float32 rows share, as functions of their modules: the row's maximum, and its
 * exponentials with their sum.
 */
import {
  type Code,
  F32,
  F64,
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
  SCRATCH,
  select,
  seq,
  V128,
  v128,
} from './assembler.ts'
import {
  expConstants,
  expFast,
  expWide,
  FAST_LIMIT,
  type Lanes,
  LOG2E,
  lanes,
  loadWide,
  MAGIC,
  type WideRow,
  wideRow,
} from './exp.ts'
import {
  BASE,
  blocks,
  GROUP,
  HIGH_HALF,
  horizontal,
  ifPartial,
  partialMask,
  storeLeft,
  walk,
  walkToEnd,
} from './rows.ts'

/** Where in scratch a pass of the log family leaves what it found: the maximum's exponential, and Σ over all. */
export const TOP_CELL = 0
export const ALL_CELL = 8

/** maximum(x, bytes): the largest entry, NaN left aside; -Infinity in an empty row. */
export function maximum(): Func {
  const f = new Func('maximum', [F32], false)
  const [x, end] = [f.param(I32), f.param(I32)]
  const at = f.local(I32)
  const v = f.locals(V128, GROUP)
  const [least, last] = f.locals(V128, 2)
  const load = (i: number) => v128.load(at.get, 16 * i)
  const take = (i: number, value: Code) => v[i].set(f32x4.pmax(v[i].get, value))
  return f.body(
    least.set(f32x4.splat(f32.const(-Infinity))),
    ...v.map((each) => each.set(least.get)),
    at.set(x.get),
    end.set(i32.add(x.get, end.get)),
    walkToEnd(
      at,
      end,
      seq(...v.map((_, i) => take(i, load(i)))),
      seq(
        last.set(load(0)),
        ifPartial(at, end, last.set(v128.bitselect(last.get, least.get, partialMask(BASE, at, end)))),
        take(0, last.get),
      ),
    ),
    ...[1, 2, 3, 4, 5].map((i) => take(0, v[i].get)),
    horizontal(v[0], f32x4.pmax),
    f32x4.extract_lane(0, v[0].get),
  )
}

/** ties(x, bytes, value): how many entries equal the value, as the passes find them: zeros of one sign only. */
export function ties(): Func {
  const f = new Func('ties', [F64])
  const [x, end] = [f.param(I32), f.param(I32)]
  const value = f.param(F32)
  const at = f.local(I32)
  const [values, counts] = f.locals(V128, 2)
  const count = (mask: Code) => counts.set(i32x4.sub(counts.get, mask))
  const equal = (i: number) => i32x4.eq(v128.load(at.get, 16 * i), values.get)
  const lane = (i: number) => i32x4.extract_lane(i, counts.get)
  return f.body(
    values.set(f32x4.splat(value.get)),
    at.set(x.get),
    end.set(i32.add(x.get, end.get)),
    walk(at, end, {
      group: seq(...Array.from({ length: GROUP }, (_, i) => count(equal(i)))),
      single: count(equal(0)),
      partial: count(v128.and(equal(0), partialMask(BASE, at, end))),
    }),
    f64.convert_i32_s(i32.add(i32.add(lane(0), lane(1)), i32.add(lane(2), lane(3)))),
  )
}

/** What a pass over exponentials does besides summing them. */
export interface ExpPass {
  /** Stores them at `y`. */
  readonly store: boolean
  /**
   * For the log family: leaves the entries that equal the maximum out of the sum and counts them, and scales by 2^60, so
   * that terms down to 2^-186 of the top still count beside a left-out maximum.
   */
  readonly log: boolean
  /**
   * In the log family, for blocks of a row, whose sums are added by the caller: returns Σ of what is below the maximum, in
   * the units of the exponential that it leaves in its cell.
   */
  readonly part?: boolean
}

/**
 * exponentials(x, y, bytes, max, scale, plain): `scale` is log2(e) / T, `plain` says that T is 1.
 *
 * Returns Σ exp, in the units of what it stores. In the log family it returns Σ of all but one maximum in units of the
 * maximum's exponential, and leaves that and the sum over all in their cells; beside an infinite maximum it returns 0,
 * or NaN where the row holds NaN.
 */
export function exponentials(fma: boolean, pass: ExpPass): Func {
  const { store, log, part } = pass
  const f = new Func(store ? (log ? 'othersStored' : 'exponentials') : 'others', [F64], false)
  const [x, to, last] = [f.param(I32), f.param(I32), f.param(I32)]
  const max = f.param(F32)
  const scale = f.param(F64)
  const plain = f.param(I32)
  const [at, end, start, quick] = f.locals(I32, 4)
  const [base, seen] = f.locals(F32, 2)
  const [total, top, maxima] = f.locals(F64, 3)
  // masks and pair sums are in hand besides: without FMA, where steps are longer, six vectors would spill too much
  const vectors = log && !fma ? 4 : GROUP
  const w = lanes(f, vectors)
  const one: Lanes = { a: [w.a[0]], t: [w.t[0]], q: [w.q[0]] }
  // softmax alone has no room for what the faster method leaves
  const fine = fma && store && !log
  const k = expConstants(f, BASE, fine)
  // with a row of its own to write to, and without temperatures, a row beyond the fast form is brought into its range
  const wide = store && log ? undefined : wideRow(f)
  const [m, floor, bias, least, within, maxes, counts, low, high, zero] = f.locals(V128, 10)
  const tied = log ? f.local(V128) : undefined
  const fold = log ? 60 : 0
  const { a, q } = w

  const load = (i: number) => v128.load(at.get, 16 * i)
  // as integers, which more units of a core compare; beside a zero the other one is an entry that is not below it
  const ties = (value: Code) => i32x4.eq(value, maxes.get)
  const leave = (i: number, mask: Local) =>
    seq(q[i].set(v128.andnot(q[i].get, mask.get)), counts.set(i32x4.sub(counts.get, mask.get)))
  const advance = (bytes: number) => (store ? to.set(i32.add(to.get, i32.const(bytes))) : [])
  // the upper half may be at hand elsewhere: a load is cheaper than a shuffle
  const add = (v: Local, upper: Code = i8x16.shuffle(HIGH_HALF, v.get, v.get)) =>
    seq(
      low.set(f64x2.add(low.get, f64x2.promote_low_f32x4(v.get))),
      high.set(f64x2.add(high.get, f64x2.promote_low_f32x4(upper))),
    )
  // beside a left-out maximum a pair may be rounded; else no term may be, as one may hold nearly all of the sum
  const sum = (group: readonly Local[]) =>
    log
      ? group.filter((_, i) => i % 2 === 0).map((v, i) => seq(v.set(f32x4.add(v.get, group[2 * i + 1].get)), add(v)))
      : group.map((v, i) => add(v, store ? v128.load64_zero(to.get, 16 * i + 8) : undefined))
  const flush = seq(
    low.set(f64x2.add(low.get, high.get)),
    total.set(f64.add(total.get, f64.add(f64x2.extract_lane(0, low.get), f64x2.extract_lane(1, low.get)))),
    // never set
    low.set(zero.get),
    high.set(zero.get),
  )
  const fast = seq(
    base.set(f32.sub(f32.nearest(f32.mul(seen.get, f32.const(LOG2E))), f32.const(fold))),
    m.set(f32x4.splat(f32.sub(f32.const(MAGIC), base.get))),
    floor.set(f32x4.splat(f32.mul(f32.sub(base.get, f32.const(127)), f32.const(Math.LN2)))),
  )
  // groups take the fast form alone, vectors that are left either
  const isFast = f32.le(f32.abs(max.get), f32.const(FAST_LIMIT))
  const left = seq(
    a[0].set(load(0)),
    ifPartial(
      at,
      end,
      seq(within.set(partialMask(BASE, at, end)), a[0].set(v128.bitselect(a[0].get, least.get, within.get))),
    ),
    tied ? tied.set(ties(a[0].get)) : [],
    wide
      ? ifElse(quick.get, expFast(one, k, m, floor, fma), expWide(one, k, wide, bias, fma))
      : expFast(one, k, m, floor, fma),
    store ? seq(storeLeft(to.get, q[0], at, end), advance(16)) : [],
    // lanes past the end are neither ties of an infinite maximum nor NaN
    tied
      ? seq(
          ifPartial(at, end, seq(tied.set(v128.and(tied.get, within.get)), q[0].set(v128.and(q[0].get, within.get)))),
          leave(0, tied),
        )
      : [],
    add(q[0]),
  )
  const group = seq(
    ...a.map((v, i) => v.set(load(i))),
    expFast(w, k, m, floor, fma),
    // looked at again: masks in hand all the while would spill
    ...a.map((v, i) => (log ? v.set(ties(load(i))) : [])),
    ...q.map((v, i) => (store ? v128.store(to.get, 16 * i, v.get) : [])),
    ...a.map((v, i) => (log ? leave(i, v) : [])),
    ...sum(q),
    advance(16 * vectors),
  )
  const sweep = walkToEnd(at, end, group, left, vectors, wide ? select(end.get, i32.const(0), quick.get) : end.get)
  // the maximum's own exponential, by the same form
  const own = log
    ? seq(
        a[0].set(maxes.get),
        expFast(one, k, m, floor, fma),
        top.set(f64.promote_f32(f32x4.extract_lane(0, q[0].get))),
      )
    : []
  const inFast = seq(fast, own)
  const inWide = (wide: WideRow) =>
    seq(
      loadWide(wide, BASE),
      wide.scale.set(f64x2.splat(scale.get)),
      bias.set(i32x4.splat(i32.const(127 + fold))),
      wide.floor.set(f64x2.splat(f64.const(-127 - fold))),
      wide.max.set(f64x2.splat(f64.promote_f32(max.get))),
      // e^0, in the units of the pass
      log ? top.set(f64.const(2 ** fold)) : [],
    )
  // the row of x − max, where the results will be: exact where it matters, as in strided.ts
  const subtracted = () =>
    seq(
      start.set(to.get),
      walkToEnd(
        at,
        last,
        [],
        seq(a[0].set(f32x4.sub(load(0), maxes.get)), storeLeft(to.get, a[0], at, last), advance(16)),
      ),
      last.set(i32.add(start.get, i32.sub(last.get, x.get))),
      at.set(start.get),
      to.set(start.get),
      seen.set(f32.const(0)),
      maxes.set(f32x4.splat(seen.get)),
    )
  const lane = (i: number) => i32x4.extract_lane(i, counts.get)
  return f.body(
    k.load,
    least.set(f32x4.splat(f32.const(-Infinity))),
    log ? maxes.set(f32x4.splat(max.get)) : [],
    seen.set(max.get),
    at.set(x.get),
    last.set(i32.add(x.get, last.get)),
    wide ? [] : ifElse(i32.eqz(isFast), subtracted()),
    wide ? ifElse(quick.tee(i32.and(plain.get, isFast)), inFast, inWide(wide)) : inFast,
    blocks(at, end, last, sweep, flush),
    part ? f64.store(SCRATCH, TOP_CELL, top.get) : [],
    log && !part
      ? ifElse(
          f32.lt(f32.abs(max.get), f32.const(Infinity)),
          seq(
            f64.store(SCRATCH, TOP_CELL, top.get),
            maxima.set(f64.convert_i32_s(i32.add(i32.add(lane(0), lane(1)), i32.add(lane(2), lane(3))))),
            f64.store(SCRATCH, ALL_CELL, f64.add(total.get, f64.mul(maxima.get, top.get))),
            total.set(f64.add(f64.div(total.get, top.get), f64.sub(maxima.get, f64.const(1)))),
          ),
          // what a row with an infinite maximum stores is no part of any result
          seq(f64.store(SCRATCH, TOP_CELL, f64.const(NaN)), f64.store(SCRATCH, ALL_CELL, f64.const(NaN))),
        )
      : [],
    total.get,
  )
}

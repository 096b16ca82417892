/**
 * Cross-entropy with its gradient for many short float32 rows, 4 at once.
 *
 * Method: as for ordinary rows, lane by lane: the log family's pass, storing e; loss w ((max − x_y) + log1p(rest)) in
 * float64, gradient w e / Σ with the factor in two float32 parts, and at the label −w times the others' share, from
 * the sum of the other terms. Rows that are left out, and factors that could be subnormal, are for the kernel of
 * ordinary rows.
 */
import {
  type Code,
  F64,
  Func,
  f32x4,
  f64,
  f64x2,
  I32,
  i32,
  i32x4,
  ifElse,
  type Local,
  seq,
  V128,
  v128,
} from './assembler.ts'
import { demoted, madd } from './exp.ts'
import { LEAST_FACTOR, MOST_FACTOR } from './gradients.ts'
import { columns, eachRow, fourRows, quad, scatter } from './quad.ts'
import { inRange, promoted, quads, split } from './short.ts'
import { besideMaxima, logarithms } from './short-log.ts'

/**
 * crossEntropyWithGradShort(x, grad, groups, length, labels, weights, losses, factor): as crossEntropyWithGrad, for
 * 4 · groups rows of 1 to 192 columns. Returns how many rows it has done.
 */
export function crossEntropyWithGradShort(fma: boolean, ordinary: Func, log1pLanes: Func): Func {
  const f = new Func('crossEntropyWithGradShort', [I32])
  const [x, grad, groups, bytes] = f.params(I32, 4)
  const [labels, weights, losses] = f.params(I32, 3)
  const factor = f.param(F64)
  // with FMA six gain a twentieth, and cost four hundred bytes
  const q = quad(f, x, bytes, 4)
  const { at, from, to, max, shift } = q
  const [done, fit, part] = f.locals(I32, 3)
  const weight = f.locals(V128, 2)
  const shares = f.locals(V128, 2)
  const [own, mass, high, low, atLabel, gap] = f.locals(V128, 6)
  const label = (row: number, before = 0) => i32.load(i32.sub(labels.get, i32.const(before)), 4 * row)
  const e = q.w.q
  const rest = besideMaxima(q, fma, (w) => seq(...w.q.map((each, i) => v128.store(from.get, 16 * i, each.get))))
  const { others, top } = rest

  const one = f64x2.splat(f64.const(1))
  const weightAt = (row: number) => i32.add(weights.get, i32.shl(label(row), i32.const(3)))
  const sizes = [...weight, ...shares].map((local) => f64x2.abs(local.get))
  const beyond = f64x2.gt(
    sizes.reduce((most, size) => f64x2.pmax(most, size)),
    f64x2.splat(f64.const(MOST_FACTOR)),
  )
  // zero is never set
  const [least, zero] = f.locals(V128, 2)
  const small = (share: Local) =>
    v128.and(f64x2.lt(f64x2.abs(share.get), least.get), f64x2.gt(f64x2.abs(share.get), zero.get))
  const open = seq(
    ...weight.map((w) => w.set(one)),
    ifElse(
      weights.get,
      seq(
        ...weight.map((w, i) => w.set(v128.load64_splat(weightAt(2 * i)))),
        ...weight.map((w, i) => w.set(v128.load64_lane(1, weightAt(2 * i + 1), w.get))),
      ),
    ),
    least.set(f64x2.splat(f64.const(LEAST_FACTOR))),
    ...shares.map((share, i) => share.set(f64x2.mul(weight[i].get, f64x2.splat(factor.get)))),
    fit.set(i32.eqz(v128.any_true(v128.or(v128.or(small(shares[0]), small(shares[1])), beyond)))),
  )
  /** Lane by lane, the float32 at `address(row)`. */
  const collect = (vector: typeof own, address: (row: number) => Code, step: number) =>
    seq(
      vector.set(v128.load32_splat(address(0))),
      ...[1, 2, 3].map((row) => vector.set(v128.load32_lane(row, address(row), vector.get, step * row))),
    )
  const rowOf = (row: number) => (row === 0 ? from.get : from.tee(i32.add(from.get, bytes.get)))
  const first = seq(
    from.set(x.get),
    collect(own, (row) => i32.add(rowOf(row), i32.shl(label(row), i32.const(2))), 0),
    rest.run,
    at.set(i32.add(shift.get, columns)),
    collect(mass, (row) => i32.add(at.get, i32.shl(label(row), i32.const(4))), 4),
  )
  const logs = f.locals(V128, 2)
  const half = (i: number) =>
    seq(
      gap.set(f64x2.sub(promoted(max)[i], promoted(own)[i])),
      shares[i].set(f64x2.div(shares[i].get, f64x2.add(others[i].get, top[i].get))),
      v128.store(
        losses.get,
        16 * i,
        v128.bitselect(
          f64x2.sub(others[i].get, others[i].get),
          f64x2.mul(weight[i].get, f64x2.add(gap.get, logs[i].get)),
          f64x2.eq(weight[i].get, zero.get),
        ),
      ),
      // the others' sum; no cancellation where the label is a maximum, and at most one bit where it is not
      others[i].set(
        v128.bitselect(
          others[i].get,
          f64x2.sub(f64x2.add(others[i].get, top[i].get), promoted(mass)[i]),
          f64x2.eq(promoted(max)[i], promoted(own)[i]),
        ),
      ),
      others[i].set(f64x2.mul(f64x2.mul(others[i].get, shares[i].get), f64x2.splat(f64.const(-1)))),
    )
  const scaled = (i: number, column: Code) =>
    seq(e[i].set(v128.load(column, 16 * i)), madd(fma)(e[i].get, high.get, f32x4.mul(e[i].get, low.get)))
  return f.body(
    rest.load,
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    quads(q, groups, grad, {
      fit: seq(
        fit.set(i32.and(inRange(q), i32.eqz(i32x4.bitmask(v128.load(labels.get))))),
        ifElse(fit.get, open),
        fit.get,
      ),
      first: seq(first, done.set(i32.add(done.get, i32.const(4)))),
      middle: seq(
        rest.close,
        logarithms(rest, log1pLanes, logs),
        half(0),
        half(1),
        atLabel.set(demoted(others[0].get, others[1].get)),
        split(shares, high, low),
      ),
      last: seq(
        scatter(q, grad, scaled),
        to.set(grad.get),
        eachRow(to, bytes, (row, address) =>
          v128.store32_lane(row, i32.add(address, i32.shl(label(row, 16), i32.const(2))), atLabel.get),
        ),
      ),
      step: fourRows(q),
      otherwise: seq(
        part.set(
          ordinary.call(
            x.get,
            grad.get,
            i32.const(4),
            i32.shr_u(bytes.get, i32.const(2)),
            labels.get,
            weights.get,
            losses.get,
            factor.get,
          ),
        ),
        done.set(i32.add(done.get, part.get)),
        // these are the last rows
        ifElse(i32.lt_u(part.get, i32.const(4)), groups.set(i32.const(1))),
      ),
      next: seq(labels.set(i32.add(labels.get, i32.const(16))), losses.set(i32.add(losses.get, i32.const(32)))),
    }),
    done.get,
  )
}

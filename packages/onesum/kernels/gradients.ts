/**
 * Kernels that need the exponentials themselves beside a left-out maximum, over contiguous float32 rows: cross-entropy
 * with its gradient, and the gradient of log-sum-exp.
 *
 * Method: the log family's pass, storing e; then e times a factor in two float32 parts.
 * Cross-entropy against a label: loss w ((max − x_y) + log1p(rest)) in float64; gradient w e / Σ, and at the label −w
 * times the others' share, from the sum of the other terms. A row whose factor could be subnormal is left to the caller.
 */
import {
  type Code,
  F32,
  F64,
  Func,
  f32,
  f64,
  I32,
  i32,
  ifElse,
  type Local,
  memory,
  SCRATCH,
  seq,
  whileTrue,
} from './assembler.ts'
import { ALL_CELL, TOP_CELL } from './passes.ts'
import { scale } from './scale.ts'

/** gradientScale(e, grad, bytes, share): a block of a row times a float64 factor; grad may be e. */
export function gradientScale(fma: boolean): Func {
  const f = new Func('gradientScale')
  const [at, to, end, share] = [f.param(I32), f.param(I32), f.param(I32), f.param(F64)]
  return f.body(end.set(i32.add(at.get, end.get)), scale(f, fma, { at, to, end, factor: share }).row)
}

/** What a factor on the exponentials may not fall below: their sum may reach 2^81. */
export const LEAST_FACTOR = 2 ** -36

/** What weights and factors may not pass: terms below 2^-186 of the top are not there to be multiplied. */
export const MOST_FACTOR = 2 ** 40

/**
 * crossEntropyWithGrad(x, grad, rows, length, labels, weights, losses, factor): labels are int32, negative where a row is
 * left out; weights float64 per class, or address 0; losses float64 per row; every gradient is multiplied by `factor`.
 * Returns how many rows it has done.
 */
export function crossEntropyWithGrad(fma: boolean, maximum: Func, others: Func, log1p: Func): Func {
  const f = new Func('crossEntropyWithGrad', [I32])
  const [x, grad, rows, bytes] = [f.param(I32), f.param(I32), f.param(I32), f.param(I32)]
  const loss = lossRow(f, x)
  const factor = f.param(F64)
  const share = f.local(F64)
  const rest = f.local(F64)
  const [done, stop, at, end] = f.locals(I32, 4)
  const labelAt = i32.add(grad.get, i32.shl(loss.label.get, i32.const(2)))
  const small = f64.abs(f64.mul(loss.weight.get, factor.get))
  const gradient = seq(
    // the others' sum; no cancellation where the label is a maximum, and at most one bit where it is not
    ifElse(
      f32.eq(loss.own.get, loss.max.get),
      rest.set(f64.mul(loss.rest.get, f64.load(SCRATCH, TOP_CELL))),
      rest.set(f64.sub(f64.load(SCRATCH, ALL_CELL), f64.promote_f32(f32.load(labelAt)))),
    ),
    share.set(f64.div(f64.mul(loss.weight.get, factor.get), f64.load(SCRATCH, ALL_CELL))),
    at.set(grad.get),
    end.set(i32.add(grad.get, bytes.get)),
    scale(f, fma, { at, to: at, end, factor: share }).row,
    f32.store(labelAt, 0, f32.demote_f64(f64.mul(f64.mul(rest.get, share.get), f64.const(-1)))),
  )
  return f.body(
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    whileTrue(
      i32.and(i32.lt_u(done.get, rows.get), i32.eqz(stop.get)),
      loss.open,
      ifElse(
        i32.lt_s(loss.label.get, i32.const(0)),
        seq(loss.store(f64.const(0)), memory.fill(grad.get, i32.const(0), bytes.get)),
        ifElse(
          i32.or(
            i32.and(f64.lt(small, f64.const(LEAST_FACTOR)), f64.gt(small, f64.const(0))),
            i32.or(f64.gt(small, f64.const(MOST_FACTOR)), f64.gt(loss.weight.get, f64.const(MOST_FACTOR))),
          ),
          stop.set(i32.const(1)),
          seq(loss.measure(maximum, others, log1p, grad, bytes), gradient),
        ),
      ),
      ifElse(
        i32.eqz(stop.get),
        seq(
          x.set(i32.add(x.get, bytes.get)),
          grad.set(i32.add(grad.get, bytes.get)),
          loss.next,
          done.set(i32.add(done.get, i32.const(1))),
        ),
      ),
    ),
    done.get,
  )
}

/** crossEntropy(x, rows, length, labels, weights, losses): the losses alone. Returns how many rows it has done. */
export function crossEntropy(maximum: Func, others: Func, log1p: Func): Func {
  const f = new Func('crossEntropy', [I32])
  const [x, rows, bytes] = [f.param(I32), f.param(I32), f.param(I32)]
  const loss = lossRow(f, x)
  const [done, stop] = f.locals(I32, 2)
  return f.body(
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    whileTrue(
      i32.and(i32.lt_u(done.get, rows.get), i32.eqz(stop.get)),
      loss.open,
      ifElse(
        i32.lt_s(loss.label.get, i32.const(0)),
        loss.store(f64.const(0)),
        ifElse(
          f64.gt(loss.weight.get, f64.const(MOST_FACTOR)),
          stop.set(i32.const(1)),
          loss.measure(maximum, others, log1p, x, bytes),
        ),
      ),
      ifElse(
        i32.eqz(stop.get),
        seq(x.set(i32.add(x.get, bytes.get)), loss.next, done.set(i32.add(done.get, i32.const(1)))),
      ),
    ),
    done.get,
  )
}

/** The part of a row that gives its loss; declares the parameters labels, weights and losses. */
function lossRow(f: Func, x: Local) {
  const [labels, weights, losses] = [f.param(I32), f.param(I32), f.param(I32)]
  // parameters come before locals: the caller's last ones are declared by `late`
  const late: { label?: Local; own?: Local; max?: Local; weight?: Local; rest?: Local } = {}
  const lazy = (name: keyof typeof late, type: typeof I32 | typeof F32 | typeof F64): Local => {
    late[name] ??= f.local(type)
    return late[name]
  }
  const store = (value: Code) => f64.store(losses.get, 0, value)
  return {
    get label() {
      return lazy('label', I32)
    },
    get own() {
      return lazy('own', F32)
    },
    get max() {
      return lazy('max', F32)
    },
    get weight() {
      return lazy('weight', F64)
    },
    get rest() {
      return lazy('rest', F64)
    },
    store,
    get open(): Code {
      const { label, weight } = this
      return seq(
        label.set(i32.load(labels.get)),
        weight.set(f64.const(1)),
        ifElse(
          i32.and(i32.ne(weights.get, i32.const(0)), i32.ge_s(label.get, i32.const(0))),
          weight.set(f64.load(i32.add(weights.get, i32.shl(label.get, i32.const(3))))),
        ),
      )
    },
    get next(): Code {
      return seq(labels.set(i32.add(labels.get, i32.const(4))), losses.set(i32.add(losses.get, i32.const(8))))
    },
    measure(maximum: Func, others: Func, log1p: Func, to: Local, bytes: Local): Code {
      const { label, own, max, weight, rest } = this
      const gap = f64.sub(f64.promote_f32(max.get), f64.promote_f32(own.get))
      return seq(
        own.set(f32.load(i32.add(x.get, i32.shl(label.get, i32.const(2))))),
        max.set(maximum.call(x.get, bytes.get)),
        rest.set(others.call(x.get, to.get, bytes.get, max.get, f64.const(Math.LOG2E), i32.const(1))),
        // an infinite maximum has no softmax: its difference from itself is NaN
        rest.set(f64.add(rest.get, f64.promote_f32(f32.sub(max.get, max.get)))),
        ifElse(
          f64.eq(weight.get, f64.const(0)),
          store(f64.sub(rest.get, rest.get)),
          store(f64.mul(weight.get, f64.add(gap, log1p.call(rest.get)))),
        ),
      )
    },
  }
}

/**
 * Cross-entropy against labels over contiguous float32 rows, alone and with its gradient.
 *
 * Method: the log family's pass; loss w ((max − x_y) + log1p(rest)) in float64. For the gradient w e / Σ the pass stores e,
 * which is scaled (scale.ts); at the label it is −w times the others' share, from the sum of the other terms. A row whose
 * factor could be subnormal is left to the caller.
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
  const [at, to, end] = f.params(I32, 3)
  const factor = f.param(F64)
  return f.body(end.set(i32.add(at.get, end.get)), scale(f, fma, { at, to, end, factor }).row)
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
  const [x, grad, rows, bytes, labels, weights, losses] = f.params(I32, 7)
  const factor = f.param(F64)
  const frame = labelled({ f, x, rows, bytes, labels, weights, losses })
  const { label, weight, rest, own, max } = frame
  const share = f.local(F64)
  const [at, end] = f.locals(I32, 2)
  const size = f64.abs(share.get)
  const all = f64.load(SCRATCH, ALL_CELL)
  const labelAt = i32.add(grad.get, i32.shl(label.get, i32.const(2)))
  return rowLoop(frame, {
    open: share.set(f64.mul(weight.get, factor.get)),
    beyond: i32.or(
      i32.and(f64.lt(size, f64.const(LEAST_FACTOR)), f64.gt(size, f64.const(0))),
      i32.or(f64.gt(size, f64.const(MOST_FACTOR)), f64.gt(weight.get, f64.const(MOST_FACTOR))),
    ),
    row: seq(
      lossOf(frame, grad, maximum, others, log1p),
      // the others' sum; no cancellation where the label is a maximum, and at most one bit where it is not
      ifElse(
        f32.eq(own.get, max.get),
        rest.set(f64.mul(rest.get, f64.load(SCRATCH, TOP_CELL))),
        rest.set(f64.sub(all, f64.promote_f32(f32.load(labelAt)))),
      ),
      share.set(f64.div(share.get, all)),
      at.set(grad.get),
      end.set(i32.add(grad.get, bytes.get)),
      scale(f, fma, { at, to: at, end, factor: share }).row,
      f32.store(labelAt, 0, f32.demote_f64(f64.mul(f64.mul(rest.get, share.get), f64.const(-1)))),
    ),
    leftOut: memory.fill(grad.get, i32.const(0), bytes.get),
    next: grad.set(i32.add(grad.get, bytes.get)),
  })
}

/** crossEntropy(x, rows, length, labels, weights, losses): the losses alone. Returns how many rows it has done. */
export function crossEntropy(maximum: Func, others: Func, log1p: Func): Func {
  const f = new Func('crossEntropy', [I32])
  const [x, rows, bytes, labels, weights, losses] = f.params(I32, 6)
  const frame = labelled({ f, x, rows, bytes, labels, weights, losses })
  return rowLoop(frame, {
    beyond: f64.gt(frame.weight.get, f64.const(MOST_FACTOR)),
    row: lossOf(frame, x, maximum, others, log1p),
  })
}

/** Rows of `bytes` each, and of each its label, the weights of classes (address 0 for none) and its loss. */
interface Labelled {
  readonly f: Func
  readonly x: Local
  readonly rows: Local
  readonly bytes: Local
  readonly labels: Local
  readonly weights: Local
  readonly losses: Local
  readonly done: Local
  readonly label: Local
  /** The label's. */
  readonly weight: Local
  /** The label's logit, the largest one, and the sum of all other exponentials as a part of that one's. */
  readonly own: Local
  readonly max: Local
  readonly rest: Local
}

type Given = 'f' | 'x' | 'rows' | 'bytes' | 'labels' | 'weights' | 'losses'

function labelled(given: Pick<Labelled, Given>): Labelled {
  const { f } = given
  const [label, done] = f.locals(I32, 2)
  const [own, max] = f.locals(F32, 2)
  const [weight, rest] = f.locals(F64, 2)
  return { ...given, label, done, own, max, weight, rest }
}

/** Stores the loss of a row; `others` may write its exponentials at `to`. */
function lossOf(
  { x, bytes, losses, label, weight, own, max, rest }: Labelled,
  to: Local,
  maximum: Func,
  others: Func,
  log1p: Func,
): Code {
  const gap = f64.sub(f64.promote_f32(max.get), f64.promote_f32(own.get))
  return seq(
    own.set(f32.load(i32.add(x.get, i32.shl(label.get, i32.const(2))))),
    max.set(maximum.call(x.get, bytes.get)),
    rest.set(others.call(x.get, to.get, bytes.get, max.get, f64.const(Math.LOG2E), i32.const(1))),
    // an infinite maximum has no softmax: its difference from itself is NaN
    rest.set(f64.add(rest.get, f64.promote_f32(f32.sub(max.get, max.get)))),
    ifElse(
      f64.eq(weight.get, f64.const(0)),
      f64.store(losses.get, 0, f64.sub(rest.get, rest.get)),
      f64.store(losses.get, 0, f64.mul(weight.get, f64.add(gap, log1p.call(rest.get)))),
    ),
  )
}

/** What a kernel does with a row beside its loss. */
interface Steps {
  /** Before `beyond`, which says whether the row is for the caller. */
  readonly open?: Code
  readonly beyond: Code
  readonly row: Code
  readonly leftOut?: Code
  readonly next?: Code
}

/** The loop over rows, which ends before one that is for the caller. */
function rowLoop(frame: Labelled, { open = [], beyond, row, leftOut = [], next = [] }: Steps): Func {
  const { f, x, rows, bytes, labels, weights, losses, done, label, weight } = frame
  return f.body(
    bytes.set(i32.shl(bytes.get, i32.const(2))),
    whileTrue(
      i32.lt_u(done.get, rows.get),
      label.set(i32.load(labels.get)),
      weight.set(f64.const(1)),
      ifElse(
        i32.and(i32.ne(weights.get, i32.const(0)), i32.ge_s(label.get, i32.const(0))),
        weight.set(f64.load(i32.add(weights.get, i32.shl(label.get, i32.const(3))))),
      ),
      open,
      ifElse(
        beyond,
        rows.set(done.get),
        seq(
          ifElse(i32.lt_s(label.get, i32.const(0)), seq(f64.store(losses.get, 0, f64.const(0)), leftOut), row),
          next,
          x.set(i32.add(x.get, bytes.get)),
          labels.set(i32.add(labels.get, i32.const(4))),
          losses.set(i32.add(losses.get, i32.const(8))),
          done.set(i32.add(done.get, i32.const(1))),
        ),
      ),
    ),
    done.get,
  )
}

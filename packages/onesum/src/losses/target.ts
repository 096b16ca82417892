/** Targets and the options that losses share: class indices or distributions, class weights, smoothing, reduction. */
import { readChoice, readInteger, readNumber, wrongValue } from '../check.ts'
import { fromHalf } from '../rows/float16.ts'
import { IGNORED, openTarget, readLabels } from '../rows/labels.ts'
import { keptShape } from '../rows/layout.ts'
import { type Elements, openNumbers, toFloat64, unwrap } from '../rows/open.ts'
import { checkOverlap } from '../rows/output.ts'
import { type Opened, openRows, type Signature, type Target, type TargetRows } from '../rows/rows.ts'
import type { Dtype, Labels, Logits, RowOptions } from '../rows/types.ts'

/** Class indices, one per row, or a distribution per row in the layout of the logits. */
export type TargetLike = Labels | Logits

/** Options that losses share. */
export interface LossOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown> extends RowOptions<D, B> {
  /** One factor per class, >= 0. */
  weight?: Logits
  /** Rows with this label are left out; by default -100. Does not apply to distributions. */
  ignoreIndex?: number
  /** `mean` (default) divides by the summed weight of the kept rows; for distributions by the number of rows. */
  reduction?: Reduction
}

/** Options of cross-entropy. */
export interface CrossEntropyOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown>
  extends LossOptions<D, B> {
  /** The part of each target's mass that is spread evenly over the classes, from 0 (default) to 1. */
  labelSmoothing?: number
  /** The same bits on every engine and machine, at the cost of some speed; by default false. */
  reproducible?: boolean
}

export type Reduction = 'mean' | 'sum' | 'none'

const REDUCTIONS = ['mean', 'sum', 'none'] as const

export const LOSS_OPTIONS = ['shape', 'axis', 'dtype', 'out', 'weight', 'ignoreIndex', 'reduction']
export const CROSS_ENTROPY_OPTIONS = [...LOSS_OPTIONS, 'labelSmoothing', 'reproducible']

/** A loss's arguments, opened. */
export interface OpenedLoss {
  readonly call: Opened
  readonly rows: TargetRows
  readonly reduction: Reduction
  /** What the sum over rows is divided by under `mean`. */
  readonly divisor: number
}

/** Opens the arguments of a loss: those over rows, then target and options. */
export function openLoss(
  signature: Signature,
  args: readonly unknown[],
  targetLike: unknown,
  given: object | undefined,
): OpenedLoss {
  const call = openRows(signature, args, given)
  const options = call.options as CrossEntropyOptions
  const where = call.where
  const reduction = readChoice(where, 'reduction', options.reduction, REDUCTIONS)
  const smoothing = readNumber(where, 'labelSmoothing', options.labelSmoothing, 0, 0, 1)
  const weight = readPerClass(call, 'weight', options.weight)
  const target = readTarget(call, targetLike, options.ignoreIndex, weight, smoothing)
  const rows = call.rows as TargetRows
  rows.target = target
  const divisor = divisorOf(target, rows.count)
  if (divisor === Infinity && reduction === 'mean') {
    throw wrongValue(
      where,
      'weight',
      'weights whose sum over the rows is finite',
      'Infinity',
      'divide them by their mean',
    )
  }
  return { call, rows, reduction, divisor }
}

/** One factor per class, finite and >= 0. */
export function readPerClass(call: Opened, name: string, value: unknown): Float64Array | undefined {
  if (value === undefined) return undefined
  const { where, rows } = call
  const elements = toFloat64(openNumbers(where, name, value, false).elements)
  if (elements.length !== rows.length) {
    throw wrongValue(where, name, `${rows.length} numbers, one per class`, String(elements.length))
  }
  const bad = elements.findIndex((w) => !(w >= 0 && w < Infinity))
  if (bad >= 0) throw wrongValue(where, name, 'finite numbers >= 0', `${elements[bad]} for class ${bad}`)
  return elements
}

/** Whole-number arrays are indices; others are indices when as many as the rows, distributions when as many as x. */
function readTarget(
  call: Opened,
  value: unknown,
  ignore: unknown,
  weight: Float64Array | undefined,
  smoothing: number,
): Target {
  const { where, rows, layout } = call
  const ignoreIndex = readInteger(where, 'ignoreIndex', ignore, -100, -Infinity, Infinity)
  const target = openTarget(where, 'target', value)
  const { length } = target.array
  const total = rows.count * rows.length
  if (length === rows.count && (target.whole || rows.length === 1 || length !== total)) {
    if (target.shape) checkShape(where, target.shape, keptShape(layout.shape, layout.axes))
    const labels = isReady(call, target.array, ignoreIndex)
      ? target.array
      : readLabels(where, 'target', target.array, rows.length, ignoreIndex)
    return { labels, distribution: undefined, weight, smoothing }
  }
  if (target.whole || length !== total) {
    const distributions = target.whole ? '' : `, or ${total} probabilities`
    throw wrongValue(where, 'target', `${rows.count} class indices, one per row${distributions}`, `${length} entries`)
  }
  if (target.shape) checkShape(where, target.shape, layout.shape)
  const { elements, array } = openNumbers(where, 'target', value, false)
  // class indices and weights are copied, or lie apart; a distribution is read while the gradient is written
  if (call.out !== undefined) checkOverlap(where, unwrap(where, 'out', call.out).array, array)
  checkDistributions(call, elements)
  return { labels: undefined, distribution: elements, weight, smoothing }
}

/** Fewer labels are sooner copied than asked whether they need to be. */
const LEAST_LENT = 1024

/** Whether class indices can be read where they are: all of them in range, no row left out, and none written over. */
function isReady(call: Opened, labels: ArrayLike<unknown>, ignoreIndex: number): labels is Int32Array {
  if (!(labels instanceof Int32Array) || labels.length < LEAST_LENT) return false
  const out = call.out === undefined ? undefined : unwrap(call.where, 'out', call.out).array
  if (ArrayBuffer.isView(out) && out.buffer === labels.buffer) return false
  const classes = call.rows.length
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]
    if (!(label >= 0 && label < classes && label !== ignoreIndex)) return false
  }
  return true
}

/** A tensor's shape must be the expected one, axes of length 1 aside. */
function checkShape(where: string, shape: readonly number[], expected: readonly number[]): void {
  const wide = (extents: readonly number[]) => extents.filter((extent) => extent !== 1).join()
  if (wide(shape) !== wide(expected)) {
    throw wrongValue(where, 'target', `the shape [${expected}]`, `[${shape}]`)
  }
}

function checkDistributions({ where, rows }: Opened, elements: Elements): void {
  const { outer, length, inner } = rows
  const half = elements instanceof Uint16Array
  const expected = 'a distribution in each row (entries >= 0 that sum to 1)'
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let total = 0
      let ones = 0
      for (let j = 0; j < length; j++) {
        const given = elements[(o * length + j) * inner + i]
        const p = half ? fromHalf(given) : given
        if (!(p >= 0)) throw wrongValue(where, 'target', expected, `${p} for class ${j} in row ${o * inner + i}`)
        total += p
        if (p === 1) ones++
      }
      if (Math.abs(total - 1) <= 1e-3) continue
      const remedy =
        ones > 1
          ? 'several classes at once do not exclude each other: use a sigmoid per class with binary cross-entropy'
          : 'normalise the row; for classes that do not exclude each other use sigmoid with binary cross-entropy'
      throw wrongValue(where, 'target', expected, `the sum ${total} in row ${o * inner + i}`, remedy)
    }
  }
}

/** The summed weight of the kept rows; for distributions the number of rows. */
function divisorOf({ labels, weight }: Target, count: number): number {
  if (!labels) return count
  let total = 0
  for (let row = 0; row < count; row++) {
    const label = labels[row]
    if (label !== IGNORED) total += weight ? weight[label] : 1
  }
  return total
}

/** The one call path of losses: a target beside the rows, one loss per row, and perhaps the gradient. */
import { wrongKind } from '../check.ts'
import { storeAll } from '../kernels/js/dense.ts'
import type { LossOutput } from '../kernels/js/loss-rows.ts'
import { sum } from '../kernels/js/sums.ts'
import { type Kernel, run } from '../kernels/kernel.ts'
import { entryResults, reducedShape, sizedResults } from '../rows/results.ts'
import type { TargetRows } from '../rows/rows.ts'
import type { Result } from '../rows/types.ts'
import type { OpenedLoss } from './target.ts'

type LossKernel = Kernel<TargetRows, LossOutput>

/** A number for `mean` and `sum`; one loss per row, in the kind of the logits, for `none`. */
export type LossValue<T, R, D = undefined, B = undefined> = R extends 'none' ? Result<T, D, B> : number

/** A loss, and its gradient in the kind and shape of the logits. */
export interface LossResult<T, R, D = undefined, B = undefined> {
  loss: LossValue<T, R, D>
  grad: Result<T, D, B>
}

/** The loss alone. */
export function plainLoss(loss: OpenedLoss, kernel: LossKernel): unknown {
  const { where, out, dtype } = loss.call
  if (out !== undefined && loss.reduction !== 'none') {
    throw wrongKind(where, 'out', "reduction: 'none'", `reduction: '${loss.reduction}'`, 'a number needs no place')
  }
  const output: LossOutput = { losses: undefined, grad: undefined, precise: dtype === 'float64', scale: 1 }
  run(kernel, loss.rows, output)
  return reduceLosses(loss, output, out)
}

/** Loss and gradient in one kernel call; `out` takes the gradient. */
export function lossWithGrad(loss: OpenedLoss, kernel: LossKernel): { loss: unknown; grad: unknown } {
  const results = entryResults(loss.call)
  const output: LossOutput = { losses: undefined, grad: results.elements, precise: false, scale: gradScale(loss) }
  run(kernel, loss.rows, output)
  return { loss: reduceLosses(loss, output, undefined), grad: results.close() }
}

/** The factor on each row's gradient: 1, or 1 / divisor under `mean`; over no weight at all a mean has no gradient. */
export function gradScale({ reduction, divisor }: OpenedLoss): number {
  return reduction === 'mean' ? 1 / divisor : 1
}

/** The mean (NaN where no row is kept), the sum, or one loss per row. */
function reduceLosses({ call, rows, reduction, divisor }: OpenedLoss, { losses }: LossOutput, out: unknown): unknown {
  const each = losses as Float64Array
  if (reduction !== 'none') {
    const total = sum(each, 0, rows.count)
    return reduction === 'sum' ? total : total / divisor
  }
  const results = sizedResults({ ...call, out }, reducedShape(call))
  storeAll(results.elements, each, rows.count)
  return results.close()
}

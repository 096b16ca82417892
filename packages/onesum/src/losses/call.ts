/** The one call path of losses: a target beside the rows, one loss per row, and perhaps the gradient. */
import { wrongKind } from '../check.ts'
import type { LossOutput, TargetRows } from '../kernels/js/cross-entropy.ts'
import { storeAll } from '../kernels/js/dense.ts'
import { sum } from '../kernels/js/sums.ts'
import { type Kernel, run } from '../kernels/kernel.ts'
import { entryResults, reducedShape, sizedResults } from '../rows/results.ts'
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
  const { where, options } = loss.call
  if (options.out !== undefined && loss.reduction !== 'none') {
    throw wrongKind(where, 'out', "reduction: 'none'", `reduction: '${loss.reduction}'`, 'a number needs no place')
  }
  const losses = new Float64Array(loss.rows.count)
  run(kernel, loss.rows, { losses, grad: undefined, scale: 1 })
  return reduceLosses(loss, losses, loss.call)
}

/** Loss and gradient in one kernel call; `out` takes the gradient. */
export function lossWithGrad(loss: OpenedLoss, kernel: LossKernel): { loss: unknown; grad: unknown } {
  const losses = new Float64Array(loss.rows.count)
  const results = entryResults(loss.call)
  run(kernel, loss.rows, { losses, grad: results.elements, scale: gradScale(loss) })
  const { out: _, ...options } = loss.call.options
  return { loss: reduceLosses(loss, losses, { ...loss.call, options }), grad: results.close() }
}

/** The factor on each row's gradient: 1, or 1 / divisor under `mean`; over no weight at all a mean has no gradient. */
export function gradScale({ reduction, divisor }: OpenedLoss): number {
  return reduction === 'mean' ? 1 / divisor : 1
}

/** The mean (NaN where no row is kept), the sum, or one loss per row. */
function reduceLosses({ reduction, divisor }: OpenedLoss, losses: Float64Array, call: OpenedLoss['call']): unknown {
  if (reduction !== 'none') {
    const total = sum(losses, 0, losses.length)
    return reduction === 'sum' ? total : total / divisor
  }
  const results = sizedResults(call, reducedShape(call))
  storeAll(results.elements, losses)
  return results.close()
}

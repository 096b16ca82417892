/** Focal loss and the Fenchel–Young losses, by all their implementations; where they are cross-entropy, by its own. */

import type { TargetRows } from '../rows/rows.ts'
import { crossEntropyKernel } from './cross-entropy.ts'
import { fenchelYoungRows } from './js/fenchel-young.ts'
import { focalRows } from './js/focal.ts'
import type { LossOutput } from './js/loss-rows.ts'
import type { Kernel } from './kernel.ts'

type LossKernel = Kernel<TargetRows, LossOutput>

export function focalKernel(gamma: number): LossKernel {
  return gamma === 0 ? crossEntropyKernel : { js: focalRows(gamma) }
}

/** At alpha = 1 and for labels the loss is cross-entropy; from a distribution that differs by the entropy of the target. */
export function fenchelYoungKernel(alpha: number, labels: boolean): LossKernel {
  return alpha === 1 && labels ? crossEntropyKernel : { js: fenchelYoungRows(alpha) }
}

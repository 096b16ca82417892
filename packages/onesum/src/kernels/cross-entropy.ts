/** Cross-entropy, its gradient and curvature, by all their implementations. */
import type { TargetRows } from '../rows/rows.ts'
import { crossEntropyHvpRows, crossEntropyRows } from './js/cross-entropy.ts'
import type { LossOutput } from './js/loss-rows.ts'
import type { Kernel } from './kernel.ts'
import { crossEntropyWasm } from './wasm/cross-entropy.ts'

export const crossEntropyKernel: Kernel<TargetRows, LossOutput> = { js: crossEntropyRows, wasm: crossEntropyWasm }
export const crossEntropyHvpKernel: Kernel<TargetRows, LossOutput> = { js: crossEntropyHvpRows }

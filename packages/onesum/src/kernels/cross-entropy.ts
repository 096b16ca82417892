/** Cross-entropy, its gradient and curvature, by all their implementations. */
import { crossEntropyHvpRows, crossEntropyRows, type LossOutput, type TargetRows } from './js/cross-entropy.ts'
import type { Kernel } from './kernel.ts'
import { crossEntropyWasm } from './wasm/cross-entropy.ts'

export const crossEntropyKernel: Kernel<TargetRows, LossOutput> = {
  js: crossEntropyRows,
  wasm: (rows, output) => crossEntropyWasm(rows, output, crossEntropyRows),
}
export const crossEntropyHvpKernel: Kernel<TargetRows, LossOutput> = { js: crossEntropyHvpRows }

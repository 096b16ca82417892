/** Softmax of the k largest logits, one row in float64. */
import type { Kernel } from '../kernel.ts'
import { buffer, mapEach } from './dense.ts'
import { peak } from './exponentials.ts'
import { selectTop } from './select.ts'
import { softmaxRow } from './softmax.ts'

/** All but the k largest become impossible; a row of fewer keeps them all, and one without a softmax is NaN whole. */
export function topKSoftmaxKernel(k: number, length: number): Kernel {
  const heap = new Int32Array(Math.min(k, length))
  return {
    js: mapEach((values, size, temperature) => {
      const [x] = values
      if (k < size && peak(x, size) >= 0) {
        const all = buffer(4, size)
        all.set(x.subarray(0, size))
        selectTop(all, size, k, heap)
        x.fill(-Infinity, 0, size)
        for (let r = 0; r < k; r++) x[heap[r]] = all[heap[r]]
      }
      softmaxRow(values, size, temperature)
    }),
  }
}

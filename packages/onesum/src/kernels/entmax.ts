/** Entmax and its derivatives for one alpha, by all their implementations. */
import { mapEach, reduceEach } from './js/dense.ts'
import { entmaxRow, reachOf } from './js/entmax.ts'
import { entmaxAlphaGradRow, entmaxHvpRow, entmaxVjpRow } from './js/entmax-derivatives.ts'
import type { Kernel } from './kernel.ts'
import { softmaxHvpKernel, softmaxKernel, softmaxVjpKernel } from './softmax.ts'
import { entmaxWasm } from './wasm/entmax.ts'

/** Softmax's own kernel for alpha = 1. */
export function entmaxKernel(alpha: number): Kernel {
  if (alpha === 1) return softmaxKernel
  const row = entmaxRow(alpha)
  const js = mapEach(row)
  const own = { reach: reachOf(alpha), row, js }
  return { js, wasm: (rows, output) => entmaxWasm(rows, output, own) }
}

export function entmaxVjpKernel(alpha: number): Kernel {
  return alpha === 1 ? softmaxVjpKernel : { js: mapEach(entmaxVjpRow(alpha)) }
}

export function entmaxHvpKernel(alpha: number): Kernel {
  return alpha === 1 ? softmaxHvpKernel : { js: mapEach(entmaxHvpRow(alpha)) }
}

/** One number per row: ⟨gy, ∂y / ∂alpha⟩. */
export function entmaxAlphaGradKernel(alpha: number): Kernel {
  return { js: reduceEach(entmaxAlphaGradRow(alpha)) }
}

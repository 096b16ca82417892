/** A softmax sample of perturbed logits, and the one-hot draw it relaxes, one row in float64. */
import { uniform } from '../../random.ts'
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { eachRow, store } from './dense.ts'
import { peak } from './exponentials.ts'
import { log } from './log.ts'
import { softmaxRow } from './softmax.ts'

/** Keeps these draws apart from others with the same seed. */
const GUMBEL_STREAM = 1

/** Where the relaxed sample goes, and the one-hot draw where it is asked for. */
export interface GumbelOutput {
  readonly seed: number
  readonly soft: Elements
  readonly hard: Elements | undefined
}

/** Adds −log(−log u) to each kept logit, u drawn by the entry's own index: the mask does not move the draws. */
function perturb({ length, inner, mask }: Rows, start: number, x: Float64Array, seed: number): void {
  let k = 0
  for (let j = 0, at = start; j < length; j++, at += inner) {
    if (mask && mask[at] === 0) continue
    x[k++] -= log(-log(uniform(seed, at, GUMBEL_STREAM)))
  }
}

/** soft = softmax((x + g) / T); hard is 1 at the largest x + g. A row that has no softmax is NaN in both. */
function gumbelRows(rows: Rows, { seed, soft, hard }: GumbelOutput): void {
  eachRow(rows, ({ start, size, values }) => {
    const [x] = values
    perturb(rows, start, x, seed)
    const top = peak(x, size)
    softmaxRow(values, size, rows.temperature)
    store(rows, soft, start, x, 0)
    if (!hard) return
    x.fill(top < 0 ? NaN : 0, 0, size)
    if (top >= 0) x[top] = 1
    store(rows, hard, start, x, 0)
  })
}

export const gumbelKernel = { js: gumbelRows }

/** Moments of a row under its own softmax, in float64. */
import type { Rows } from '../../rows/rows.ts'
import { buffer, eachRow } from './dense.ts'
import { exponentials, exponents, peak } from './exponentials.ts'
import { dot, sum } from './sums.ts'

/** Numbers per row: the maximum, Σ e, Σ e d and Σ e d², with d = x − max and e = exp(d / T). */
export const MOMENTS = 4

/** Writes each row's moments; Σ e is NaN where the row has no softmax. */
export function momentsRows(rows: Rows, output: Float64Array): void {
  const { temperature } = rows
  eachRow(rows, ({ row, size, values: [x] }) => {
    const at = MOMENTS * row
    const top = peak(x, size)
    if (top < 0) {
      output.fill(NaN, at, at + MOMENTS)
      return
    }
    output[at] = x[top]
    const d = buffer(4, size)
    exponents(x, size, top, temperature, d)
    exponentials(x, d, size, top, temperature, x)
    output[at + 1] = sum(x, 0, size)
    // where e is 0 there is nothing to add, however far d is
    for (let j = 0; j < size; j++) d[j] = x[j] === 0 ? 0 : d[j] * temperature
    output[at + 2] = dot(x, d, 0, size)
    for (let j = 0; j < size; j++) x[j] *= d[j]
    output[at + 3] = dot(x, d, 0, size)
  })
}

/** One row of softmax's Jacobian, from the logits, in float64. */
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { buffer, eachRow, store } from './dense.ts'
import { exponentials, exponents, peak } from './exponentials.ts'
import { overTemperature } from './softmax.ts'
import { sumBut } from './sums.ts'

/** Rows, and the class of each whose probability is looked at. */
export interface ClassRows extends Rows {
  readonly classes: Int32Array
}

/** −p_c p_j / T, and p_c times the others' share at the class itself: 1 − p_c would lose it in a confident row. */
function sensitivityRows(rows: ClassRows, output: Elements): void {
  const { temperature, classes } = rows
  eachRow(rows, ({ row, start, size, values: [x] }) => {
    const top = peak(x, size)
    const c = keptBefore(rows, start, classes[row])
    if (top < 0) x.fill(NaN, 0, size)
    else if (c < 0 || temperature === 0 || temperature === Infinity) x.fill(0, 0, size)
    else {
      const q = buffer(4, size)
      exponents(x, size, top, temperature, q)
      const rest = exponentials(x, q, size, top, temperature, x)
      const others = c === top ? rest : sumBut(x, size, c)
      const total = 1 + rest
      const p = x[c] / total
      for (let j = 0; j < size; j++) x[j] = overTemperature(-p * (x[j] / total), temperature)
      x[c] = overTemperature(p * (others / total), temperature)
    }
    store(rows, output, start, x, 0)
  })
}

/** The place of a class among the row's kept entries; −1 where it is masked. */
function keptBefore({ inner, mask }: Rows, start: number, at: number): number {
  if (!mask) return at
  if (mask[start + at * inner] === 0) return -1
  let before = 0
  for (let j = 0; j < at; j++) before += mask[start + j * inner]
  return before
}

export const sensitivityKernel = { js: sensitivityRows }

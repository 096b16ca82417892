/** The Jacobian of softmax, row by row. */
import { toHalf } from '../../rows/float16.ts'
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { eachRow } from './dense.ts'
import { overTemperature } from './softmax.ts'

/** y_i (δ_ij − y_j) / T into rows × C × C; rows and columns of entries left out are 0. */
function jacobianRows(rows: Rows, output: Elements): void {
  const { length, inner, mask, temperature } = rows
  const half = output instanceof Uint16Array
  const kept = new Int32Array(length)
  eachRow(rows, ({ row, start, size, values: [y] }) => {
    let n = 0
    for (let j = 0; j < length; j++) if (mask?.[start + j * inner] !== 0) kept[n++] = j
    output.fill(0, row * length * length, (row + 1) * length * length)
    for (let i = 0; i < size; i++) {
      const first = (row * length + kept[i]) * length
      for (let j = 0; j < size; j++) {
        const value = overTemperature(y[i] * (i === j ? 1 - y[i] : -y[j]), temperature)
        output[first + kept[j]] = half ? toHalf(value) : value
      }
    }
  })
}

export const jacobianKernel = { js: jacobianRows }

/** Sums of columns in float64. */
import { fromHalf } from '../../rows/float16.ts'
import type { Elements } from '../../rows/open.ts'

/** Adds x − origin of each column to `sums`, and its square to `squares`. */
export function tallyJs(
  elements: Elements,
  columns: number,
  origin: Float64Array,
  sums: Float64Array,
  squares: Float64Array,
): void {
  const half = elements instanceof Uint16Array
  for (let at = 0; at < elements.length; ) {
    for (let j = 0; j < columns; j++, at++) {
      const x = (half ? fromHalf(elements[at]) : elements[at]) - origin[j]
      sums[j] += x
      squares[j] += x * x
    }
  }
}

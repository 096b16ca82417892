/** The regime of short rows: four rows at once, transposed, up to 192 columns. */
import type { Rows } from '../../rows/rows.ts'

/** How threads share what the kernels for short rows do: by groups. */
export const GROUPS = { each: 1 / 4, group: 4 } as const

/** The widest rows that kernels for short rows take. */
const COLUMNS = 192

/**
 * How many groups of four rows, of `count` rows, go to the kernel for short rows; `columns` is the width up to which it
 * is the faster one. Under `reproducible` there is one path only.
 */
export function shortGroups({ length, temperature, reproducible }: Rows, count: number, columns = COLUMNS): number {
  return length <= columns && temperature === 1 && !reproducible ? count >> 2 : 0
}

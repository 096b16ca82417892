/** The frame of losses that come with a gradient: rows left out, losses and gradients stored. */
import { IGNORED } from '../../rows/labels.ts'
import type { Elements } from '../../rows/open.ts'
import type { TargetRows } from '../../rows/rows.ts'
import { buffer, type DenseRow, denseRow, LOSSES, loadRow, store } from './dense.ts'

/** Where losses and gradients go. */
export interface LossOutput {
  /** One loss per row. A kernel that finds none takes an array of its own, which holds them until the next call. */
  losses: Float64Array | undefined
  readonly grad: Elements | undefined
  /** Whether losses without a gradient are wanted in float64, whatever the logits are. */
  readonly precise: boolean
  /** Factor on every row's gradient: 1 / the mean's divisor. */
  readonly scale: number
}

/**
 * What a loss does with one row: returns its loss, and, where a gradient is asked for, leaves `scale` times it in the
 * place of the logits.
 */
export type LossRow = (row: DenseRow, rows: TargetRows, scale: number, graded: boolean) => number

/** A loss, row by row. */
export function lossEach(lossOf: LossRow): (rows: TargetRows, output: LossOutput) => void {
  return (rows, output) => {
    const { labels } = rows.target
    const { grad, scale } = output
    output.losses ??= buffer(LOSSES, rows.count)
    const { losses } = output
    const dense = denseRow(rows)
    for (let row = 0; row < rows.count; row++) {
      loadRow(rows, row, dense)
      const ignored = labels !== undefined && labels[row] === IGNORED
      if (ignored) dense.values[0].fill(0, 0, dense.size)
      losses[row] = ignored ? 0 : lossOf(dense, rows, scale, grad !== undefined)
      if (grad) store(rows, grad, dense.start, dense.values[0], 0)
    }
  }
}

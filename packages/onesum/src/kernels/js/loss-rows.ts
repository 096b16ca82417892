/** The frame of losses that come with a gradient: rows left out, losses and gradients stored. */
import { IGNORED } from '../../rows/labels.ts'
import type { LossOutput, TargetRows } from './cross-entropy.ts'
import { type DenseRow, eachRow, store } from './dense.ts'

/** What a loss does with one row: returns its loss, and leaves `scale` times its gradient in the place of the logits. */
export type LossRow = (row: DenseRow, rows: TargetRows, scale: number) => number

/** A loss, row by row. */
export function lossEach(lossOf: LossRow): (rows: TargetRows, output: LossOutput) => void {
  return (rows, { losses, grad, scale }) => {
    const { labels } = rows.target
    eachRow(rows, (dense) => {
      const { row, start, size, values } = dense
      let loss = 0
      if (labels && labels[row] === IGNORED) values[0].fill(0, 0, size)
      else loss = lossOf(dense, rows, scale)
      if (losses) losses[row] = loss
      if (grad) store(rows, grad, start, values[0], 0)
    })
  }
}

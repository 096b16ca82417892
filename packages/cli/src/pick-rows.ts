import type { LabelledRows } from './labelled-rows.ts'
import type { Numbers } from './prepare.ts'

/** Copies of the rows of these numbers. */
export function pickRows(rows: LabelledRows, numbers: Int32Array): LabelledRows {
  const [, classes] = rows.shape
  const { scores, labels } = rows
  const size = numbers.length * classes
  const picked: Numbers = scores instanceof Float32Array ? new Float32Array(size) : new Float64Array(size)
  for (let i = 0; i < numbers.length; i++) {
    picked.set(scores.subarray(numbers[i] * classes, (numbers[i] + 1) * classes), i * classes)
  }
  return {
    ...rows,
    scores: picked,
    labels: Int32Array.from(numbers, (row) => labels[row]),
    shape: [numbers.length, classes],
  }
}

/** The rows that have a softmax. */
export function definedRows(rows: LabelledRows): LabelledRows {
  const [total, classes] = rows.shape
  const numbers = Int32Array.from({ length: total }, (_, row) => row).filter((row) => {
    let top = -Infinity
    for (let at = row * classes; at < (row + 1) * classes; at++) top = rows.scores[at] <= top ? top : rows.scores[at]
    return Number.isFinite(top) && !rows.scores.subarray(row * classes, (row + 1) * classes).some(Number.isNaN)
  })
  return numbers.length === total ? rows : pickRows(rows, numbers)
}

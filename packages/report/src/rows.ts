/** Rows of scores with their labels: those that can be fitted, and parts of them. */

export type ScoreArray = Float32Array | Float64Array

/** Scores as they were given, row by row. */
export interface LabelledScores {
  readonly scores: ScoreArray
  readonly labels: Int32Array
  readonly shape: readonly [rows: number, classes: number]
  readonly from?: 'logits' | 'probabilities'
  readonly skipUndefined?: boolean
}

/** Rows that can be fitted. */
export interface Chosen extends LabelledScores {
  /** How many rows they were chosen from. */
  readonly total: number
  /** Where a row stood. */
  origin(row: number): number
}

/** The rows that have a softmax, where others are to be left out; else all, as they stand. */
export function chooseRows(data: LabelledScores): Chosen {
  const [total, classes] = data.shape
  const every = { ...data, total, origin: (row: number) => row }
  if (!data.skipUndefined) return every
  const kept = Int32Array.from({ length: total }, (_, row) => row).filter((row) =>
    hasSoftmax(data.scores, row, classes),
  )
  if (kept.length === total) return every
  const known = new Set(kept)
  return { ...takeRows(data, (row) => known.has(row)), total, origin: (row) => kept[row] }
}

/** Copies of some rows, together. */
export function takeRows(data: LabelledScores, wanted: (row: number) => boolean): LabelledScores {
  const { scores, labels, shape } = data
  const [, classes] = shape
  const rows = Int32Array.from(labels.keys()).filter(wanted)
  const taken = new (scores instanceof Float32Array ? Float32Array : Float64Array)(rows.length * classes)
  for (let i = 0; i < rows.length; i++) {
    taken.set(scores.subarray(rows[i] * classes, (rows[i] + 1) * classes), i * classes)
  }
  return { ...data, scores: taken, labels: Int32Array.from(rows, (row) => labels[row]), shape: [rows.length, classes] }
}

/** Logits of some rows, each divided by its temperature. */
export function temper(
  { scores, shape, from }: LabelledScores,
  by: Float64Array,
  first: number,
  end: number,
): Float64Array {
  const [, classes] = shape
  const result = new Float64Array((end - first) * classes)
  for (let row = first, i = 0; row < end; row++) {
    const temperature = by[row]
    const last = (row + 1) * classes
    if (from === 'probabilities')
      for (let at = row * classes; at < last; at++) result[i++] = Math.log(scores[at]) / temperature
    else for (let at = row * classes; at < last; at++) result[i++] = scores[at] / temperature
  }
  return result
}

function hasSoftmax(scores: ScoreArray, row: number, classes: number): boolean {
  let top = -Infinity
  for (let at = row * classes; at < (row + 1) * classes; at++) {
    if (Number.isNaN(scores[at])) return false
    top = Math.max(top, scores[at])
  }
  return Number.isFinite(top)
}

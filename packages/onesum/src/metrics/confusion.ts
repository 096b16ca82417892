/** Rows by true class and most probable class. */

/** Up to so many classes they are counted: 2^20 counts. */
const MOST_CLASSES = 1024

/** Counts of pairs, true class first; none where there are too many classes. */
export function confusionCounts(classes: number): Float64Array {
  return new Float64Array(classes <= MOST_CLASSES ? classes * classes : 0)
}

export function confusionMatrix(counts: Float64Array, classes: number): number[][] | undefined {
  if (classes > MOST_CLASSES) return undefined
  return Array.from({ length: classes }, (_, k) => Array.from(counts.subarray(k * classes, (k + 1) * classes)))
}

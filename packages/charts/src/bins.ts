/** Reliability bins, as `onesum/metrics` gives them, and what can be read off them. */

/** One bin (lower, upper] of the confidence. */
export interface ReliabilityBin {
  lower: number
  upper: number
  /** How many rows fall in it. */
  count: number
  /** The part of them that is right. */
  accuracy: number
  /** Their mean confidence. */
  confidence: number
}

/** How many rows the bins hold. */
export function rowsOf(bins: readonly ReliabilityBin[]): number {
  return bins.reduce((total, bin) => total + bin.count, 0)
}

/** The bins with rows. */
export function filled<T extends ReliabilityBin>(bins: readonly T[]): T[] {
  return bins.filter(({ count }) => count > 0)
}

/** Expected calibration error: the mean over rows of their bin's |accuracy − confidence|; 0 without rows. */
export function calibrationError(bins: readonly ReliabilityBin[]): number {
  const sum = bins.reduce((total, bin) => total + bin.count * Math.abs(bin.accuracy - bin.confidence), 0)
  return sum / Math.max(1, rowsOf(bins))
}

/** The bin that adds most to the calibration error; nothing without rows. */
export function worstBin<T extends ReliabilityBin>(bins: readonly T[]): T | undefined {
  const weight = (bin: T) => bin.count * Math.abs(bin.accuracy - bin.confidence)
  return filled(bins).reduce<T | undefined>(
    (worst, bin) => (worst === undefined || weight(bin) > weight(worst) ? bin : worst),
    undefined,
  )
}

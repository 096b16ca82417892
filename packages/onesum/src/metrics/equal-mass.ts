/** Calibration error over bins of as many rows each. */
import { type ReliabilityBin, reliabilityBin } from './bins.ts'
import type { EqualMass } from './metrics.ts'
import type { Group } from './ranking.ts'

/**
 * Splits rows by growing confidence into bins whose sizes differ by at most one, the larger ones first, as
 * numpy.array_split does. A group that is cut gives each side its share of right rows and of confidence.
 *
 * Error: with S(i) the sum of (confidence − right) over the i least confident rows, a bin's part is |S(end) − S(start)|,
 * and a cut a rows into a group of m with c right ones leaves S uncertain by at most the right rows that may be on the
 * other side, plus min(a, m − a) · (upper − lower). Each cut touches two bins.
 */
export function equalMass(groups: readonly Group[], rows: number, bins: number, exact: boolean): EqualMass {
  const found: ReliabilityBin[] = []
  let gaps = 0
  let doubt = 0
  let g = 0
  let taken = 0
  for (let b = 0; b < Math.min(bins, rows); b++) {
    const size = Math.floor(rows / bins) + (b < rows % bins ? 1 : 0)
    const lower = groups[g].lower
    let [missing, correct, confidence, upper] = [size, 0, 0, 0]
    while (missing > 0) {
      const group = groups[g]
      const share = Math.min(missing, group.count - taken)
      correct += (share / group.count) * group.correct
      confidence += (share / group.count) * group.confidence
      upper = group.upper
      missing -= share
      taken += share
      if (taken === group.count) {
        taken = 0
        g++
      } else if (group.lower < group.upper) doubt += cutDoubt(group, taken)
    }
    found.push(reliabilityBin(lower, upper, size, correct, confidence))
    gaps += Math.abs(confidence - correct)
  }
  return { ece: gaps / rows, bins: found, exact, error: (2 * doubt) / rows }
}

function cutDoubt({ count, correct, lower, upper }: Group, taken: number): number {
  const likely = (taken / count) * correct
  const right = Math.max(Math.min(taken, correct) - likely, likely - Math.max(0, correct - (count - taken)))
  return right + Math.min(taken, count - taken) * (upper - lower)
}

/** Calibration error over bins of as many rows each. */
import { type ReliabilityBin, reliabilityBin } from './bins.ts'
import type { EqualMass } from './metrics.ts'
import type { Group } from './ranking.ts'

/**
 * Splits rows by growing confidence into bins whose sizes differ by at most one, the larger ones first, as
 * numpy.array_split does; where rows have weights, a row's size is its weight over their mean. A group that is cut gives each
 * side its share of right rows and of confidence.
 *
 * Error: with S(i) the sum of (confidence − right) over the i least confident rows, a bin's part is |S(end) − S(start)|,
 * and a cut a rows into a group of m with c right ones leaves S uncertain by at most the right rows that may be on the
 * other side, plus min(a, m − a) · (upper − lower). Each cut touches two bins.
 */
export function equalMass(groups: readonly Group[], bins: number, exact: boolean): EqualMass {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0)
  const total = groups.reduce((sum, { count }) => sum + count, 0)
  const unit = total / rows
  const most = Math.min(bins, rows)
  const found: ReliabilityBin[] = []
  let gaps = 0
  let doubt = 0
  let g = 0
  let left = groups[0].count
  for (let b = 0; b < most && g < groups.length; b++) {
    const lower = groups[g].lower
    // the last takes what there is, whatever weights leave of it in rounding
    let missing = b === most - 1 ? Infinity : unit * (Math.floor(rows / bins) + (b < rows % bins ? 1 : 0))
    let [size, correct, confidence, upper] = [0, 0, 0, 0]
    while (missing > 0 && g < groups.length) {
      const group = groups[g]
      const share = Math.min(missing, left)
      size += share
      correct += (share / group.count) * group.correct
      confidence += (share / group.count) * group.confidence
      upper = group.upper
      missing -= share
      left -= share
      if (left === 0) left = groups[++g]?.count ?? 0
      else if (group.lower < group.upper) doubt += cutDoubt(group, group.count - left)
    }
    found.push(reliabilityBin(lower, upper, size, correct, confidence))
    gaps += Math.abs(confidence - correct)
  }
  return { ece: gaps / total, bins: found, exact, error: (2 * doubt) / total }
}

function cutDoubt({ count, correct, lower, upper }: Group, taken: number): number {
  const likely = (taken / count) * correct
  const right = Math.max(Math.min(taken, correct) - likely, likely - Math.max(0, correct - (count - taken)))
  return right + Math.min(taken, count - taken) * (upper - lower)
}

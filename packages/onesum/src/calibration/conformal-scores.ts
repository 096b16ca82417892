/** How badly a class fits a row: the scores of conformal prediction, and the classes whose score is low enough. */
import { Ranking } from './ranking.ts'

/** The scores by name. */
export const SCORES = ['lac', 'aps', 'raps'] as const
export type ConformalScore = (typeof SCORES)[number]

/** What a score is made of. */
export interface ScoreRule {
  readonly score: ConformalScore
  /** RAPS: what each rank beyond `freeRanks` adds. */
  readonly lambda: number
  readonly freeRanks: number
}

/**
 * Scores of one row of probabilities; they rise from the most probable class down.
 *
 *     LAC: 1 − p_k     APS: Σ_{j before k} p_j + u p_k     RAPS: the same + λ max(0, rank_k − freeRanks)
 */
export class RowScores {
  readonly #rule: ScoreRule
  readonly #ranking: Ranking

  constructor(rule: ScoreRule, classes: number) {
    this.#rule = rule
    this.#ranking = new Ranking(classes)
  }

  /** The score of one class. */
  of(p: Float64Array, size: number, u: number, wanted: number): number {
    if (this.#rule.score === 'lac') return 1 - p[wanted]
    let found = Infinity
    this.#each(p, size, u, (k, score) => {
      if (k === wanted) found = score
      return k !== wanted
    })
    return found
  }

  /**
   * Marks classes whose score is at most their threshold (one for all, or one each), and counts them. With `keepFirst` the most
   * probable class is always among them.
   */
  mark(
    p: Float64Array,
    size: number,
    u: number,
    thresholds: Float64Array,
    keepFirst: boolean,
    mask: Uint8Array,
    at: number,
  ): number {
    const single = thresholds.length === 1
    let marked = 0
    if (this.#rule.score === 'lac') {
      for (let k = 0; k < size; k++) {
        const fits = 1 - p[k] <= thresholds[single ? 0 : k]
        mask[at + k] = fits ? 1 : 0
        if (fits) marked++
      }
      return marked
    }
    const largest = thresholds.reduce((most, threshold) => Math.max(most, threshold), -Infinity)
    this.#each(p, size, u, (k, score, rank) => {
      const fits = score <= thresholds[single ? 0 : k] || (keepFirst && rank === 1)
      mask[at + k] = fits ? 1 : 0
      if (fits) marked++
      return score <= largest
    })
    return marked
  }

  /** Visits classes from the most probable down, until the visitor has seen enough. */
  #each(p: Float64Array, size: number, u: number, visit: (k: number, score: number, rank: number) => boolean): void {
    const { score, lambda, freeRanks } = this.#rule
    this.#ranking.start(p, size)
    let before = 0
    for (let rank = 1; rank <= size; rank++) {
      const k = this.#ranking.next()
      const extra = score === 'raps' ? lambda * Math.max(0, rank - freeRanks) : 0
      if (!visit(k, before + u * p[k] + extra, rank)) return
      before += p[k]
    }
  }
}

/**
 * The ⌈(n + 1)(1 − alpha)⌉-th smallest of n scores, Infinity where there is none: a fresh score from the same source is at
 * most this with probability 1 − alpha or more.
 */
export function conformalQuantile(scores: Float64Array, alpha: number): number {
  // (n + 1) alpha is meant as written in decimals: 0.29 · 100 is 29, not 28.999…
  const above = Math.floor((scores.length + 1) * alpha * (1 + 2 ** -50))
  const rank = scores.length + 1 - above
  if (rank > scores.length) return Infinity
  return rank < 1 ? -Infinity : scores.slice().sort()[rank - 1]
}

/** The bins of a reliability diagram, of the confidence or of one class, of equal width or between quantiles. */
import { readChoice, readInteger, readOptions, wrongKind } from '../check.ts'
import type { Labels, Logits } from '../rows/types.ts'
import { binAmong, binEdges, quantileEdges, type ReliabilityBin, reliabilityBin } from './bins.ts'
import { evaluateAs } from './evaluate.ts'
import { BATCH_OPTIONS } from './settings.ts'
import type { ScoreOptions } from './single.ts'

/** Options of reliability bins. */
export interface ReliabilityOptions extends ScoreOptions {
  /** The class whose probability is held against the rest, 1 for the second of two; by default each row's most probable. */
  class?: number
  /** How many bins; by default 15. */
  bins?: number
  /** Bins of equal width, or between quantiles of the probability; by default `'uniform'`. */
  strategy?: 'uniform' | 'quantile'
}

/**
 * The bins of a reliability diagram: how often came true what was said.
 *
 *     bin b holds the rows with p in (lower, upper]: confidence = mean p, accuracy = the part of them that is of the class
 *
 * Between quantiles, edges are linear between the sorted probabilities, and equal probabilities stay together, so that bins
 * may differ in size or be empty. In memory; `evaluate` has bins of equal width, and `equalMass`, for rows that come in parts.
 *
 * @param scores logits, or probabilities with `from: 'probabilities'`: an array or a tensor
 * @param labels the true class of each row
 * @param options `class` (by default the most probable of each row), `bins` (default 15), `strategy` (default `'uniform'`),
 *   `shape` (default one row), `axis` (default the last), `dtype`, `from` (default `'logits'`), `sampleWeight` (with bins of
 *   equal width)
 * @returns as many bins as were asked for, those without a row with a `count` of 0
 * @throws as `evaluate` does; RangeError for a class that is not there; TypeError for weights beside quantiles
 * @see Niculescu-Mizil and Caruana, Predicting Good Probabilities with Supervised Learning, 2005
 * @example
 * import { reliabilityBins } from 'onesum/metrics'
 *
 * const options = { shape: [3, 2], from: 'probabilities', class: 1, bins: 2 } as const
 * reliabilityBins([0.75, 0.25, 0.5, 0.5, 0, 1], [0, 1, 1], options)[0].accuracy // → 0.500
 */
export function reliabilityBins(scores: Logits, labels: Labels, options?: ReliabilityOptions): ReliabilityBin[] {
  const where = 'reliabilityBins'
  const known = [...BATCH_OPTIONS, 'from', 'class', 'bins', 'strategy']
  const { class: wanted, bins: many, strategy, ...batch } = readOptions(where, options, known)
  const bins = readInteger(where, 'bins', many, 15, 1, 1e6)
  const quantiles = readChoice(where, 'strategy', strategy, ['uniform', 'quantile'] as const) === 'quantile'
  if (quantiles && batch.sampleWeight !== undefined) {
    const remedy = "pass strategy: 'uniform', or take equalMass of evaluate"
    throw wrongKind(where, 'sampleWeight', 'no weights beside quantiles, which are of rows', 'some', remedy)
  }
  const k = wanted === undefined ? undefined : readInteger(where, 'class', wanted, undefined, 0, Infinity)
  const [p, right, weights]: [number[], boolean[], number[]] = [[], [], []]
  const settings = { ...batch, topK: [], worst: 0, auc: 'exact' } as const
  const { classes } = evaluateAs(where, scores, labels, settings, (row, { label, predicted }, weight) => {
    const shown = k ?? predicted
    p.push(row[shown])
    right.push(label === shown)
    weights.push(weight)
  })
  if (k !== undefined) readInteger(where, 'class', k, undefined, 0, classes - 1)
  const edges = quantiles ? quantileEdges(Float64Array.from(p).sort(), bins) : binEdges(bins)
  const [count, correct, confidence] = [0, 1, 2].map(() => new Float64Array(bins))
  for (let i = 0; i < p.length; i++) {
    const bin = binAmong(edges, p[i])
    count[bin] += weights[i]
    confidence[bin] += weights[i] * p[i]
    if (right[i]) correct[bin] += weights[i]
  }
  return Array.from(count, (rows, b) => reliabilityBin(edges[b], edges[b + 1], rows, correct[b], confidence[b]))
}

/** Histogram binning: the frequency of each bin stands for the probabilities in it. */
import { readChoice, readInteger, wrongValue } from '../check.ts'
import { binAmong, binEdges, binOf } from '../metrics/bins.ts'
import type { From } from '../metrics/settings.ts'
import type { Labels, Logits } from '../rows/types.ts'
import { readNumbers } from './calibrator.ts'
import { type FitOptions, type LabelledRows, openLabelled } from './labelled.ts'
import { type Curve, curvesOf, type Groups, OneVsRestCalibrator, readCurves, readShares } from './one-vs-rest.ts'

/** A step function: bin i holds (edges[i], edges[i + 1]]; 0 is in the first. */
export class HistogramCurve implements Curve {
  /** From 0 to 1, ascending. */
  readonly edges: Float64Array
  /** The frequency of each bin. */
  readonly values: Float64Array

  constructor(edges: Float64Array, values: Float64Array) {
    this.edges = edges
    this.values = values
  }

  at(p: number): number {
    return Number.isNaN(p) ? NaN : this.values[binAmong(this.edges, p)]
  }
}

/** One step function per class, against the rest. */
export class HistogramCalibrator extends OneVsRestCalibrator<HistogramCurve> {
  readonly method = 'histogram'

  protected fields(): Record<string, unknown> {
    return { curves: this.curves.map(({ edges, values }) => ({ edges: [...edges], values: [...values] })) }
  }
}

/** Options of histogram binning. */
export interface HistogramOptions extends FitOptions {
  /** How many bins; by default 15. Equal probabilities stay together, so that there may be fewer. */
  bins?: number
  /** Bins of equal mass (default) hold equally many rows; those of equal width need no rows, and then keep their middle. */
  strategy?: 'mass' | 'width'
}

/**
 * Finds, for each class against the rest, how often it came true in each bin of its probability.
 *
 *     f_k(p) = share of rows of class k among those whose p_k is in the bin of p,  then q_k = f_k(p_k) / Σ_j f_j(p_j)
 *
 * The oldest and plainest of calibrators: what it says of a bin can be counted by hand. It forgets all order within a bin, and
 * says 0 and 1 where all rows of a bin agree. Two classes have one curve.
 *
 * @param logits logits (or probabilities, with `from`) of rows that the model was not trained on
 * @param labels the true class of each row; every class needs one
 * @param options as for `fitTemperature`; `bins` (default 15), `strategy` (default `'mass'`)
 * @returns a calibrator with its `curves`, `edges` and `values` each
 * @throws as `fitTemperature`; RangeError that names the classes without rows
 * @see Zadrozny and Elkan, Obtaining calibrated probability estimates from decision trees and naive Bayesian classifiers, 2001
 * @example
 * import { fitHistogramBinning } from 'onesum/calibration'
 *
 * const p = [0.9, 0.1, 0.8, 0.2, 0.3, 0.7, 0.1, 0.9]
 * const options = { shape: [4, 2], from: 'probabilities', bins: 2 } as const
 * fitHistogramBinning(p, [0, 1, 1, 1], options).curves[0].values // → Float64Array [0.50, 1]
 */
export function fitHistogramBinning(logits: Logits, labels: Labels, options?: HistogramOptions): HistogramCalibrator {
  const where = 'fitHistogramBinning'
  const { data } = openLabelled(where, logits, labels, options, ['bins', 'strategy'])
  const bins = readInteger(where, 'bins', options?.bins, 15, 1, 1e6)
  return histogramOf(data, bins, readChoice(where, 'strategy', options?.strategy, ['mass', 'width'] as const))
}

/** The same for rows that are opened. */
export function histogramOf(data: LabelledRows, bins = 15, strategy: 'mass' | 'width' = 'mass'): HistogramCalibrator {
  const fit = strategy === 'mass' ? massBins : widthBins
  return new HistogramCalibrator(
    data.from,
    data.rows.length,
    curvesOf(data, (groups) => fit(groups, bins)),
  )
}

function widthBins({ size, p, rows, hits }: Groups, bins: number): HistogramCurve {
  const edges = binEdges(bins)
  const [mass, own] = [new Float64Array(bins), new Float64Array(bins)]
  for (let group = 0; group < size; group++) {
    const bin = binOf(edges, p[group])
    mass[bin] += rows[group]
    own[bin] += hits[group]
  }
  const values = mass.map((count, bin) => (count > 0 ? own[bin] / count : (edges[bin] + edges[bin + 1]) / 2))
  return new HistogramCurve(edges, values)
}

/** A bin ends with the group that reaches the next n-th of the rows; the edge lies halfway to the group after it. */
function massBins({ size, p, rows, hits }: Groups, bins: number): HistogramCurve {
  const total = rows.reduce((sum, count) => sum + count, 0)
  const edges = [0]
  const values: number[] = []
  let [before, mass, own, reached] = [0, 0, 0, 1]
  for (let group = 0; group < size; group++) {
    mass += rows[group]
    own += hits[group]
    const last = group === size - 1
    if (!last && (before + mass) * bins < total * reached) continue
    edges.push(last ? 1 : edgeBetween(p[group], p[group + 1]))
    values.push(own / mass)
    before += mass
    reached = Math.floor((before * bins) / total) + 1
    mass = 0
    own = 0
  }
  return new HistogramCurve(Float64Array.from(edges), Float64Array.from(values))
}

/** Halfway, and below the upper one where rounding gives that: an edge belongs to the bin on its left. */
function edgeBetween(lower: number, upper: number): number {
  const middle = lower + (upper - lower) / 2
  return middle < upper ? middle : lower
}

/** A histogram calibrator from JSON. */
export function histogramFrom(
  where: string,
  fields: Record<string, unknown>,
  from: From,
  classes: number,
): HistogramCalibrator {
  const curves = readCurves(where, fields.curves, classes).map((curve) => {
    const edges = readNumbers(where, 'curves.edges', curve.edges)
    const bad = edges.findIndex((_, i) => i > 0 && !(edges[i] > edges[i - 1]))
    if (edges.length < 2 || bad >= 0) {
      throw wrongValue(
        where,
        'curves.edges',
        'two rising edges or more',
        bad < 0 ? `${edges.length}` : `a fall at ${bad}`,
      )
    }
    return new HistogramCurve(edges, readShares(where, 'curves.values', curve.values, edges.length - 1))
  })
  return new HistogramCalibrator(from, classes, curves)
}

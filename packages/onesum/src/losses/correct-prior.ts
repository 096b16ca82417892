/** Prior correction: probabilities from data of one class mix, restated for another mix. */
import { wrongKind, wrongValue } from '../check.ts'
import { eachRow } from '../kernels/js/dense.ts'
import { reweighKernel } from '../kernels/js/prior.ts'
import { sum } from '../kernels/js/sums.ts'
import { run } from '../kernels/kernel.ts'
import { entryResults } from '../rows/results.ts'
import { openRows, ROW_OPTIONS, type Rows, type Signature } from '../rows/rows.ts'
import type { Dtype, Logits, Result, RowOptions } from '../rows/types.ts'
import { readPrior, SUM_TOLERANCE } from './prior.ts'

/** Options of `correctPrior`. */
export interface PriorOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown> extends RowOptions<D, B> {
  /** The classes' shares where the model was trained, each above 0. */
  sourcePrior: Logits
  /** Their shares where it is used. */
  targetPrior: Logits
}

const SIGNATURE: Signature = {
  name: 'correctPrior',
  operands: ['probabilities'],
  options: [...ROW_OPTIONS, 'sourcePrior', 'targetPrior'],
}

/**
 * Probabilities restated for another mix of classes than the model was trained on.
 *
 *     y_c = p_c t_c / s_c / Σ_k p_k t_k / s_k,  s the source and t the target prior
 *
 * Right where the mix alone has changed and each class still looks as it did, and the probabilities are calibrated. A row
 * that holds NaN, or all of whose mass is on classes of target share 0, comes out as NaN.
 *
 * @param probabilities rows that sum to 1 ± 1e-3: an array or a tensor
 * @param options `sourcePrior`, `targetPrior` (`estimatePrior` finds it from unlabelled rows), `shape` (default one row),
 *   `axis` (default the last), `dtype`, `out`
 * @returns probabilities, in the kind that came in
 * @throws RangeError for a prior that does not sum to 1 ± 1e-3, for a row that is no distribution; TypeError where an
 *   argument is of the wrong kind
 * @see Saerens, Latinne and Decaestecker, Adjusting the Outputs of a Classifier to New a Priori Probabilities, 2002, eq. 2.4
 * @example
 * import { correctPrior } from 'onesum'
 *
 * correctPrior([0.6, 0.4], { sourcePrior: [0.5, 0.5], targetPrior: [0.2, 0.8] }) // → [0.2727, 0.7273]
 */
export function correctPrior<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  probabilities: T,
  options: PriorOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  const call = openRows(SIGNATURE, [probabilities], options)
  const { where, rows } = call
  const given = call.options as PriorOptions
  const source = readPriorOption(where, 'sourcePrior', given.sourcePrior, rows.length, true)
  const target = readPriorOption(where, 'targetPrior', given.targetPrior, rows.length, false)
  checkProbabilities(rows, true)
  const results = entryResults(call)
  run(reweighKernel(target.map((share, c) => share / source[c])), rows, results.elements)
  return results.close() as Result<T, D, NoInfer<B>>
}

/** A prior among the options, which must be given. */
export function readPriorOption(
  where: string,
  name: string,
  value: unknown,
  classes: number,
  positive: boolean,
): Float64Array<ArrayBuffer> {
  if (value === undefined) throw wrongKind(where, name, 'the shares of the classes', 'undefined')
  return readPrior(where, name, value, classes, positive)
}

/** A RangeError that names the first row that is no distribution; rows with NaN pass where `lenient`. */
export function checkProbabilities(rows: Rows, lenient: boolean): void {
  const { where } = rows
  const expected = 'a distribution in each row (entries >= 0 that sum to 1)'
  eachRow(rows, ({ row, size, values: [p] }) => {
    const bad = p.subarray(0, size).findIndex((value) => value < 0)
    const remedy = 'take the softmax of logits first'
    if (bad >= 0) throw wrongValue(where, 'probabilities', expected, `${p[bad]} in row ${row}`, remedy)
    const total = sum(p, 0, size)
    if (Math.abs(total - 1) <= SUM_TOLERANCE || (lenient && Number.isNaN(total)) || size === 0) return
    throw wrongValue(where, 'probabilities', expected, `the sum ${total} in row ${row}`, remedy)
  })
}

/** Logits of one scale: divided by their norm, or standardised, row by row, forward and backward. */
import { ABOVE_ZERO, FINITE, readChoice, readNumber, show, wrongValue } from '../check.ts'
import { normalizeKernel, normalizeVjpKernel } from '../kernels/js/normalize.ts'
import type { Kernel } from '../kernels/kernel.ts'
import { run } from '../kernels/kernel.ts'
import { entryResults } from '../rows/results.ts'
import { openRows, type Signature, TEMPERED_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Logits, Result, TemperedOptions } from '../rows/types.ts'

/** Options of `normalizeLogits` and its backward. */
export interface NormalizeOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown>
  extends TemperedOptions<D, B> {
  /** What the logits are divided by: their norm (`'l2'`, the default), or their deviation once they are centred. */
  method?: 'l2' | 'standardize'
  /** Added to that, so that a row of equal logits has an answer; by default 1e-7. */
  epsilon?: number
}

const OPTIONS = [...TEMPERED_OPTIONS, 'method', 'epsilon']
const FORWARD: Signature = { name: 'normalizeLogits', operands: ['x'], options: OPTIONS }
const BACKWARD: Signature = { name: 'normalizeLogitsBackward', operands: ['x', 'gy'], options: OPTIONS }

function normalize(
  signature: Signature,
  args: readonly Logits[],
  given: object | undefined,
  kernelOf: (how: { centred: boolean; epsilon: number }) => Kernel,
): unknown {
  const call = openRows(signature, args, given)
  const { where, rows } = call
  const options = call.options as NormalizeOptions
  const centred = readChoice(where, 'method', options.method, ['l2', 'standardize']) === 'standardize'
  const epsilon = readNumber(where, 'epsilon', options.epsilon, 1e-7, ABOVE_ZERO, FINITE)
  if (rows.temperature === 0) throw wrongValue(where, 'temperature', 'a number > 0', show(options.temperature))
  const results = entryResults(call)
  run(kernelOf({ centred, epsilon }), rows, results.elements)
  return results.close()
}

/**
 * Brings each row of logits to one scale, so that only its direction speaks, not its size.
 *
 *     l2:           y = x / (T (‖x‖ + ε))
 *     standardize:  y = (x − mean) / (T (σ + ε)),  σ² = Σ_j (x_j − mean)² / n
 *
 * Squares neither overflow nor vanish, at any scale. A row that holds NaN or +Infinity comes out as NaN; -Infinity
 * stays (an impossible class) and counts for nothing; masked entries do so too, and come out as -Infinity. LogitNorm
 * trains on the cross-entropy of the `l2` form, with T about 0.04.
 *
 * @param x logits: an array or a tensor; its kind is the kind of the result
 * @param options `method` (`'l2'`, or `'standardize'`), `temperature` (default 1, above 0), `epsilon` (default 1e-7),
 *   `shape` (default one row), `axis` (default the last), `mask`, `dtype`, `out`
 * @returns logits
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Wei et al., Mitigating Neural Network Overconfidence with Logit Normalization, ICML 2022
 * @example
 * import { normalizeLogits } from 'onesum'
 *
 * normalizeLogits([3, 4]) // → [0.60, 0.80]
 */
export function normalizeLogits<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  options?: NormalizeOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return normalize(FORWARD, [x], options, normalizeKernel) as Result<T, D, NoInfer<B>>
}

/**
 * The gradient through `normalizeLogits`, with respect to its input.
 *
 *     l2:           gx = (gy − x ⟨gy, x⟩ / (‖x‖ (‖x‖ + ε))) / (T (‖x‖ + ε))
 *     standardize:  the same of x − mean, with σ for ‖x‖ and ⟨gy, x − mean⟩ / n, less its own mean
 *
 * @param x what `normalizeLogits` was given
 * @param gy the upstream gradient, one number per entry
 * @param options those that `normalizeLogits` was given; the gradient is exactly 0 at masked entries and at -Infinity
 * @returns gx, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { normalizeLogitsBackward } from 'onesum'
 *
 * normalizeLogitsBackward([3, 4], [1, 0]) // → [0.128, -0.096]
 */
export function normalizeLogitsBackward<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  gy: Logits,
  options?: NormalizeOptions<D, B>,
): Result<T, D, NoInfer<B>> {
  return normalize(BACKWARD, [x, gy], options, normalizeVjpKernel) as Result<T, D, NoInfer<B>>
}

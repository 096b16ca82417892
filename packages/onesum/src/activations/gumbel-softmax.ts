/** Gumbel-softmax: samples from the distribution of a row of logits, relaxed so that gradients pass. */
import { readFlag, readInteger } from '../check.ts'
import { mapRows, type Operation } from '../kernels/calls.ts'
import { gumbelKernel } from '../kernels/js/gumbel.ts'
import { run } from '../kernels/kernel.ts'
import { softmaxVjpKernel } from '../kernels/softmax.ts'
import { entryResults } from '../rows/results.ts'
import { openRows, type Signature, TEMPERED_OPTIONS } from '../rows/rows.ts'
import type { Dtype, Logits, Result, TemperedOptions } from '../rows/types.ts'

/** Options of `gumbelSoftmax`; its backward accepts them too. */
export interface GumbelOptions<
  D extends Dtype | undefined = Dtype | undefined,
  B = unknown,
  H extends boolean = boolean,
> extends TemperedOptions<D, B> {
  /** Whether the one-hot draw comes as well, as `{ hard, soft }`; by default false. */
  hard?: H
  /** Decides the draw: a whole number from 0 to 2^53 − 1. */
  seed: number
}

/** The relaxed sample, or with `hard: true` that and the one-hot draw. */
export type GumbelResult<T, D, B, H> = H extends true ? { hard: Result<T, D>; soft: Result<T, D, B> } : Result<T, D, B>

const OPTIONS = [...TEMPERED_OPTIONS, 'hard', 'seed']
const FORWARD: Signature = { name: 'gumbelSoftmax', operands: ['x'], options: OPTIONS }
const BACKWARD: Operation = {
  name: 'gumbelSoftmaxBackward',
  operands: ['y', 'gy'],
  options: OPTIONS,
  kernel: softmaxVjpKernel,
}

/**
 * A sample of the softmax of each row, relaxed: the softmax of logits to which Gumbel noise is added.
 *
 *     y = softmax((x + g) / T),  g_j = −log(−log u_j),  u_j uniform
 *
 * The largest entry of y is a draw from softmax(x), at any temperature; y nears that draw's one-hot as T goes to 0, and
 * is it at 0. The noise depends on nothing but the seed and the entry's index, and is equal on every engine; take a new
 * seed for each step. The library never draws by itself, so the seed has no default. A row that holds NaN or +Infinity
 * comes out as NaN; entries that are masked or -Infinity are never drawn.
 *
 * @param x logits: an array or a tensor; its kind is the kind of the result
 * @param options `seed` (a whole number from 0 to 2^53 − 1), `temperature` (default 1), `hard` (default false), `shape`
 *   (default one row), `axis` (default the last), `mask`, `dtype`, `out` (takes the relaxed sample)
 * @returns the relaxed sample; with `hard: true`, `{ hard, soft }`: the one-hot draw, to go forward with, and the sample,
 *   for `gumbelSoftmaxBackward` (the straight-through estimator)
 * @throws TypeError where an argument is of the wrong kind or the seed is missing, RangeError where a value is wrong
 * @see Jang, Gu and Poole, Categorical Reparameterization with Gumbel-Softmax, ICLR 2017, eq. 2; Maddison, Mnih and Teh,
 *   The Concrete Distribution, ICLR 2017 (λ is T, log α the logits)
 * @example
 * import { gumbelSoftmax } from 'onesum'
 *
 * const { hard, soft } = gumbelSoftmax([2, 1, 0.1], { seed: 7, hard: true })
 * hard // → [0, 1, 0]
 * soft // → [0.308, 0.666, 0.0261]
 */
export function gumbelSoftmax<
  T extends Logits,
  D extends Dtype | undefined = undefined,
  B = undefined,
  H extends boolean = false,
>(x: T, options: GumbelOptions<D, B, H>): GumbelResult<T, D, NoInfer<B>, H> {
  const call = openRows(FORWARD, [x], options)
  const { seed, hard } = call.options as GumbelOptions
  readInteger(call.where, 'seed', seed, undefined, 0, Number.MAX_SAFE_INTEGER)
  const both = readFlag(call.where, 'hard', hard)
  const soft = entryResults(call)
  const draw = both ? entryResults({ ...call, out: undefined }) : undefined
  run(gumbelKernel, call.rows, { seed, soft: soft.elements, hard: draw?.elements })
  const sample = soft.close()
  return (draw ? { hard: draw.close(), soft: sample } : sample) as GumbelResult<T, D, NoInfer<B>, H>
}

/**
 * The gradient with respect to the logits of a relaxed sample, the noise held fixed.
 *
 *     gx_j = y_j (gy_j − Σ_k y_k gy_k) / T
 *
 * @param y the relaxed sample; with `hard: true` the one under `soft`
 * @param gy the upstream gradient, one number per entry
 * @param options those that `gumbelSoftmax` was given; `seed` and `hard` are accepted and change nothing
 * @returns gx, in the kind of y
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { gumbelSoftmaxBackward } from 'onesum'
 *
 * gumbelSoftmaxBackward([0.7, 0.2, 0.1], [1, 0, 0], { temperature: 0.5 }) // → [0.42, -0.28, -0.14]
 */
export function gumbelSoftmaxBackward<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  y: T,
  gy: Logits,
  options?: Partial<GumbelOptions<D, B>>,
): Result<T, D, NoInfer<B>> {
  return mapRows(BACKWARD, [y, gy], options) as Result<T, D, NoInfer<B>>
}

/** What the entmax family shares: its options, and the call of a kernel that is made for one alpha. */
import { readNumber } from '../check.ts'
import { type Kernel, run } from '../kernels/kernel.ts'
import { entryResults } from '../rows/results.ts'
import { type Opened, openRows, type Signature, TEMPERED_OPTIONS } from '../rows/rows.ts'
import type { Dtype, TemperedOptions } from '../rows/types.ts'

/** Options of entmax and its derivatives. */
export interface EntmaxOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown>
  extends TemperedOptions<D, B> {
  /** How sparse: 1 is softmax, 2 is sparsemax, Infinity the maxima alone; by default 1.5. */
  alpha?: number
}

export const ENTMAX_OPTIONS = [...TEMPERED_OPTIONS, 'alpha']

/** The option alpha, from 1 on. */
export function readAlpha(call: Opened): number {
  return readNumber(call.where, 'alpha', (call.options as EntmaxOptions).alpha, 1.5, 1, Infinity)
}

/** From rows to rows by the kernel of the option alpha. */
export function mapByAlpha(
  signature: Signature,
  args: readonly unknown[],
  options: object | undefined,
  kernelOf: (alpha: number) => Kernel,
): unknown {
  const call = openRows(signature, args, options)
  const kernel = kernelOf(readAlpha(call))
  const results = entryResults(call)
  run(kernel, call.rows, results.elements)
  return results.close()
}

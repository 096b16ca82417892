/** The one call path: arguments become rows, meet one kernel, come back in the kind they came in. */
import { checkKept } from '../rows/kept.ts'
import type { Elements } from '../rows/open.ts'
import { entryResults, indexResults, rowResults } from '../rows/results.ts'
import { openRows, type Rows, type Signature } from '../rows/rows.ts'
import { type Kernel, run } from './kernel.ts'

/** A function over rows: how its arguments are read, and its kernel. */
export interface Operation<O = Elements> extends Signature {
  readonly kernel: Kernel<Rows, O>
  /** How many entries a row must keep to have a result. */
  readonly least?: number
}

/** From rows to rows. */
export function mapRows(operation: Operation, args: readonly unknown[], options: object | undefined): unknown {
  const call = openRows(operation, args, options)
  const results = entryResults(call)
  run(operation.kernel, call.rows, results.elements)
  return results.close()
}

/** From rows to one number each. */
export function reduceRows(operation: Operation, args: readonly unknown[], options: object | undefined): unknown {
  const call = openRows(operation, args, options)
  if (operation.least) checkKept(call, operation.least)
  const results = rowResults(call)
  run(operation.kernel, call.rows, results.elements)
  return results.close()
}

/** From rows to one index each. */
export function indexRows(
  operation: Operation<Int32Array>,
  args: readonly unknown[],
  options: object | undefined,
): unknown {
  const call = openRows(operation, args, options)
  if (operation.least) checkKept(call, operation.least)
  const results = indexResults(call)
  run(operation.kernel, call.rows, results.elements)
  return results.close()
}

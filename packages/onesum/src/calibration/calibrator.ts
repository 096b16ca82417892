/** What every fit gives: it turns scores into calibrated probabilities, and travels as JSON. */
import { readChoice, readInteger, show, wrongKind, wrongValue } from '../check.ts'
import { eachRow, store } from '../kernels/js/dense.ts'
import { peak } from '../kernels/js/exponentials.ts'
import type { From } from '../metrics/settings.ts'
import type { Elements } from '../rows/open.ts'
import { entryResults } from '../rows/results.ts'
import { openRows, ROW_OPTIONS, type Rows, type Signature } from '../rows/rows.ts'
import type { Dtype, Logits, Result, RowOptions } from '../rows/types.ts'

/** The ways of calibrating. */
export const METHODS = ['temperature', 'vector', 'dirichlet', 'isotonic', 'histogram', 'platt'] as const
export type Method = (typeof METHODS)[number]

/** The version of saved calibrators. */
export const VERSION = 1

const TRANSFORM: Signature = { name: 'calibrator.transform', operands: ['scores'], options: ROW_OPTIONS }

/** Turns scores into calibrated probabilities. */
export abstract class Calibrator {
  abstract readonly method: Method
  /** What it was fitted on, and what `transform` takes. */
  readonly from: From
  readonly classes: number

  constructor(from: From, classes: number) {
    this.from = from
    this.classes = classes
  }

  /**
   * Calibrated probabilities of scores of the kind that was fitted: logits, or probabilities if `from` said so.
   *
   * @param scores an array or a tensor
   * @param options `shape` (default one row), `axis` (default the last), `dtype`, `out`
   * @returns probabilities in the kind of the scores; NaN in a row that has no softmax
   * @throws RangeError where the number of classes is not the one that was fitted
   */
  transform<T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
    scores: T,
    options?: RowOptions<D, B>,
  ): Result<T, D, NoInfer<B>> {
    const call = openRows(TRANSFORM, [scores], options)
    if (call.rows.length !== this.classes) {
      throw wrongValue(TRANSFORM.name, 'scores', `${this.classes} classes, as fitted`, String(call.rows.length))
    }
    const results = entryResults(call)
    this.fill(call.rows, results.elements)
    return results.close() as Result<T, D, NoInfer<B>>
  }

  /** The calibrator as plain data, for `calibratorFromJSON`; non-finite numbers are strings. */
  toJSON(): Record<string, unknown> {
    const { method, from, classes } = this
    return { version: VERSION, method, from, classes, ...this.fields() }
  }

  /** @internal One row of scores becomes probabilities, in place. */
  abstract row(x: Float64Array, size: number): void

  /** What was fitted, as JSON. */
  protected abstract fields(): Record<string, unknown>

  /** @internal Writes the probabilities of all rows. */
  fill(rows: Rows, output: Elements): void {
    eachRow(rows, ({ start, size, values: [x] }) => {
      if (this.from === 'logits' && peak(x, size) < 0) x.fill(NaN, 0, size)
      else this.row(x, size)
      store(rows, output, start, x, 0)
    })
  }
}

/** The fields that every saved calibrator has. */
export function readCommon(where: string, fields: Record<string, unknown>): { from: From; classes: number } {
  if (fields.from === undefined) throw wrongKind(where, 'from', "'logits' or 'probabilities'", 'undefined')
  return {
    from: readChoice(where, 'from', fields.from, ['logits', 'probabilities'] as const),
    classes: readInteger(where, 'classes', fields.classes, undefined, 2, Infinity),
  }
}

/** A list of finite numbers from JSON. */
export function readNumbers(where: string, name: string, value: unknown, length?: number): Float64Array {
  const expected = length === undefined ? 'an array of finite numbers' : `an array of ${length} finite numbers`
  if (!Array.isArray(value)) throw wrongKind(where, name, expected, show(value))
  if (length !== undefined && value.length !== length) throw wrongValue(where, name, expected, show(value))
  const bad = value.findIndex((entry) => !Number.isFinite(entry))
  if (bad >= 0) throw wrongValue(where, name, expected, `${show(value[bad])} at index ${bad}`)
  return Float64Array.from(value as number[])
}

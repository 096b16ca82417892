import { InputError } from './errors.ts'

/** Counts what is written against the shape that was announced, whose first entry may be unknown. */
export class ElementCount {
  /** Elements of one entry of the first axis. */
  readonly block: number
  /** Elements in total; undefined while unknown. */
  readonly expected: number | undefined
  written = 0
  readonly #file: string
  readonly #shape: readonly (number | undefined)[]

  constructor(file: string, shape: readonly (number | undefined)[]) {
    this.#file = file
    this.#shape = shape
    const inner = shape.slice(1).map((length) => {
      if (length === undefined) throw new TypeError('createWriter: only the first entry of "shape" may be undefined')
      return length
    })
    this.block = inner.reduce((product, length) => product * length, 1)
    this.expected = shape.length > 0 && shape[0] === undefined ? undefined : this.block * (shape[0] ?? 1)
  }

  add(count: number): void {
    this.written += count
    if (this.expected !== undefined && this.written > this.expected) this.#wrong()
  }

  /** The final shape; throws when fewer values came than promised, or part of a row. */
  finish(): number[] {
    if (this.expected !== undefined && this.written !== this.expected) this.#wrong()
    if (this.block > 0 && this.written % this.block !== 0) {
      throw new Error(
        `${this.#file}: ${this.written} values were written, which is no whole number of rows of ${this.block}`,
      )
    }
    const [first, ...inner] = this.#shape
    if (this.#shape.length === 0) return []
    return [first ?? (this.block > 0 ? this.written / this.block : 0), ...(inner as number[])]
  }

  #wrong(): never {
    throw new Error(
      `${this.#file}: shape (${this.#shape.join(', ')}) takes ${this.expected} values, got ${this.written}`,
    )
  }
}

/** For formats of lines: a table has columns, and the last axis is one. */
export function tableColumns(file: string, shape: readonly (number | undefined)[]): number | undefined {
  const columns = shape.length === 0 ? 1 : shape.at(-1)
  if (columns === 0)
    throw new InputError(`${file}: a table without columns cannot be written as lines; use .npy or .json`)
  return columns
}

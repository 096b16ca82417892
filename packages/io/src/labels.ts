import { listed } from './columns.ts'
import { InputError, show } from './errors.ts'

const LARGEST = 2 ** 31 - 1

/**
 * Turns labels into class numbers: numbers stay, names are looked up, and a file holds one kind. Where the classes have no
 * names it may learn them: each new name is a class, numbered as they come.
 */
export class LabelDecoder {
  readonly #file: string
  readonly #unit: 'row' | 'line'
  readonly #names: readonly string[] | undefined
  readonly #learns: boolean
  readonly #classes = new Map<string, number>()
  #kind: 'numbers' | 'names' | undefined

  constructor(file: string, unit: 'row' | 'line', names: readonly string[] | undefined, learns = false) {
    this.#file = file
    this.#unit = unit
    this.#names = names
    this.#learns = learns && names === undefined
    names?.forEach((name, index) => {
      if (!this.#classes.has(name)) this.#classes.set(name, index)
    })
  }

  /** The names learned so far, in the order of their numbers; undefined if the labels are numbers. */
  get learned(): string[] | undefined {
    return this.#learns && this.#kind === 'names' ? [...this.#classes.keys()] : undefined
  }

  /** The class number of a label that stands at `place`. */
  decode(label: unknown, place: number): number {
    if (typeof label === 'number' || typeof label === 'bigint') return this.#number(label, place, false)
    if (typeof label !== 'string' || label.trim() === '') {
      throw this.#wrong(place, `expected a label, got ${show(label)}`)
    }
    const text = label.trim()
    const named = this.#classes.get(text)
    const written = /^[+-]?\d+(?:\.0*)?$/.test(text) ? Number(text) : undefined
    if (named !== undefined) {
      // classes called 0, 1, 2, … are both at once
      if (named !== written) this.#settle('names', place, label)
      return named
    }
    if (written !== undefined) return this.#number(written, place, true)
    if (/^[+-]?[\d.]+(?:e[+-]?\d+)?$/i.test(text)) throw this.#wrong(place, `expected a whole number, got ${text}`)
    if (this.#learns) {
      this.#settle('names', place, label)
      this.#classes.set(text, this.#classes.size)
      return this.#classes.size - 1
    }
    if (!this.#names) {
      throw this.#wrong(
        place,
        `the label ${show(label)} is a name, and the classes have none; give their names in order, or class numbers`,
      )
    }
    throw this.#wrong(place, `no class is named ${show(label)}; the classes are ${listed(this.#names)}`)
  }

  #number(label: number | bigint, place: number, fromText: boolean): number {
    if (typeof label === 'number' && !Number.isInteger(label)) {
      throw this.#wrong(place, `expected a whole number, got ${label}`)
    }
    if (!(label <= LARGEST && label >= -LARGEST - 1)) {
      throw this.#wrong(place, `the label ${label} is beyond the largest class number ${LARGEST}`)
    }
    this.#settle('numbers', place, fromText ? String(label) : label)
    return Number(label)
  }

  #settle(kind: 'numbers' | 'names', place: number, label: unknown): void {
    this.#kind ??= kind
    if (this.#kind !== kind) {
      throw this.#wrong(place, `got ${show(label)} after class ${this.#kind}; labels are all names or all numbers`)
    }
  }

  #wrong(place: number, problem: string): InputError {
    return new InputError(`${this.#file}: ${this.#unit} ${place}: ${problem}`)
  }
}

import { count, percent } from './numbers.ts'
import { type Column, table } from './table.ts'

/** More classes than these are told by their commonest mistakes. */
const shownClasses = 12
const shownMistakes = 10

/** How often rows of one class were taken for which. */
export class Confusion {
  readonly classes: number
  readonly #rows: Float64Array
  readonly #cells = new Map<number, number>()

  constructor(classes: number) {
    this.classes = classes
    this.#rows = new Float64Array(classes)
  }

  add(label: number, answer: number): void {
    const cell = label * this.classes + answer
    this.#rows[label]++
    this.#cells.set(cell, (this.#cells.get(cell) ?? 0) + 1)
  }

  /** Rows of the class `label`. */
  rows(label: number): number {
    return this.#rows[label]
  }

  at(label: number, answer: number): number {
    return this.#cells.get(label * this.classes + answer) ?? 0
  }

  /** Every pair that occurred, by label, then by answer. */
  cells(): { label: number; answer: number; rows: number }[] {
    const cells = [...this.#cells].sort(([a], [b]) => a - b)
    return cells.map(([cell, rows]) => ({
      label: Math.floor(cell / this.classes),
      answer: cell % this.classes,
      rows,
    }))
  }
}

/** The whole matrix where it is small, else the commonest mistakes; `which` rows they are begins the title. */
export function confusionText(which: string, confusion: Confusion, names: readonly string[] | undefined): string[] {
  const name = (c: number): string => names?.[c] ?? String(c)
  return confusion.classes <= shownClasses ? matrix(which, confusion, name) : mistakes(which, confusion, name)
}

function matrix(which: string, confusion: Confusion, name: (c: number) => string): string[] {
  const classes = Array.from({ length: confusion.classes }, (_, c) => c)
  const columns: Column[] = [
    { title: '', align: 'left' },
    ...classes.map((c): Column => ({ title: shortened(name(c)), align: 'right' })),
    { title: 'right', align: 'right' },
  ]
  const rows = classes.map((c) => {
    const cells = classes.map((answer) => confusion.at(c, answer) || '·').map(String)
    const of = confusion.rows(c)
    return [name(c), ...cells, of === 0 ? '' : percent(confusion.at(c, c) / of)]
  })
  return [`${which}, by their class (lines) and what they were taken for (columns)`, ...table(columns, rows)]
}

function mistakes(which: string, confusion: Confusion, name: (c: number) => string): string[] {
  const wrong = confusion.cells().filter(({ label, answer }) => label !== answer)
  if (wrong.length === 0) return [`${which}: none was taken for another class`]
  const most = wrong.sort((a, b) => b.rows - a.rows).slice(0, shownMistakes)
  const rows = most.map(({ label, answer, rows }) => [
    name(label),
    name(answer),
    `${rows.toLocaleString('en-US')} of ${count(confusion.rows(label), 'row')}`,
  ])
  const columns: Column[] = [
    { title: 'class', align: 'left' },
    { title: 'taken for', align: 'left' },
    { title: '', align: 'right' },
  ]
  const all = wrong.length > most.length ? `, the commonest ${most.length} of ${count(wrong.length, 'pair')}` : ''
  return [`${which}, those taken for another class${all}`, ...table(columns, rows)]
}

function shortened(name: string): string {
  return name.length > 10 ? `${name.slice(0, 9)}…` : name
}

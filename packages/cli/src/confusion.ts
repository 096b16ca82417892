import { shown } from './class-names.ts'
import { count, percent } from './numbers.ts'
import { type Column, table } from './table.ts'

/** More classes than these are told by their commonest mistakes. */
const shownClasses = 12
const shownMistakes = 10

/** Rows by their class, then by the class they were taken for. */
type Matrix = readonly (readonly number[])[]

/** The whole matrix where it is small, else the commonest mistakes; `which` rows they are begins the title. */
export function confusionText(which: string, confusion: Matrix, names: readonly string[] | undefined): string[] {
  const name = (c: number): string => shown(names?.[c] ?? String(c))
  return confusion.length <= shownClasses ? whole(which, confusion, name) : mistakes(which, confusion, name)
}

function whole(which: string, confusion: Matrix, name: (c: number) => string): string[] {
  const columns: Column[] = [
    { title: '', align: 'left' },
    ...confusion.map((_, c): Column => ({ title: shortened(name(c)), align: 'right' })),
    { title: 'right', align: 'right' },
  ]
  const rows = confusion.map((counts, c) => {
    const of = total(counts)
    return [name(c), ...counts.map((rows) => String(rows || '·')), of === 0 ? '' : percent(counts[c] / of)]
  })
  return [`${which}, by their class (lines) and what they were taken for (columns)`, ...table(columns, rows)]
}

function mistakes(which: string, confusion: Matrix, name: (c: number) => string): string[] {
  const wrong = confusion.flatMap((counts, c) =>
    counts.flatMap((rows, answer) => (rows > 0 && answer !== c ? [{ c, answer, rows }] : [])),
  )
  if (wrong.length === 0) return [`${which}: none was taken for another class`]
  const most = wrong.sort((a, b) => b.rows - a.rows).slice(0, shownMistakes)
  const lines = most.map(({ c, answer, rows }) => {
    return [name(c), name(answer), `${rows.toLocaleString('en-US')} of ${count(total(confusion[c]), 'row')}`]
  })
  const all = wrong.length > most.length ? `, the commonest ${most.length} of ${count(wrong.length, 'pair')}` : ''
  const columns: Column[] = [
    { title: 'class', align: 'left' },
    { title: 'taken for', align: 'left' },
    { title: '', align: 'right' },
  ]
  return [`${which}, those taken for another class${all}`, ...table(columns, lines)]
}

const total = (counts: readonly number[]): number => counts.reduce((sum, rows) => sum + rows, 0)

function shortened(name: string): string {
  return name.length > 10 ? `${name.slice(0, 9)}…` : name
}

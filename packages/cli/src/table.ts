export interface Column {
  title: string
  align: 'left' | 'right'
}

/** Lines of an aligned table, two spaces between the columns, none at the end of a line. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ title }, i) =>
    rows.reduce((most, row) => Math.max(most, width(row[i] ?? '')), width(title)),
  )
  return [columns.map((column) => column.title), ...rows].map((row) => alignedLine(columns, widths, row))
}

/** One line of such a table when the widths are known beforehand, as in a stream. */
export function alignedLine(columns: readonly Column[], widths: readonly number[], cells: readonly string[]): string {
  const padded = columns.map((column, i) => {
    const cell = cells[i] ?? ''
    const space = ' '.repeat(Math.max(0, (widths[i] ?? 0) - width(cell)))
    return column.align === 'left' ? cell + space : space + cell
  })
  return padded.join('  ').trimEnd()
}

const segmenter = new Intl.Segmenter()
const wide =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303f\uff01-\uff60]/u

/** The columns that a text takes on a terminal: what one sees as a letter takes one, East Asian letters and emoji two. */
export function width(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let columns = 0
  for (const { segment } of segmenter.segment(text)) columns += wide.test(segment) ? 2 : 1
  return columns
}

/** A field of CSV or TSV, quoted where it must be. */
export function quoted(field: string | number, separator: string): string {
  const text = String(field)
  return text.includes(separator) || /["\r\n]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

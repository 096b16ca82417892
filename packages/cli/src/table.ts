export interface Column {
  title: string
  align: 'left' | 'right'
}

/** Lines of an aligned table, two spaces between the columns, none at the end of a line. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, i) => Math.max(column.title.length, ...rows.map((row) => (row[i] ?? '').length)))
  return [columns.map((column) => column.title), ...rows].map((row) => alignedLine(columns, widths, row))
}

/** One line of such a table when the widths are known beforehand, as in a stream. */
export function alignedLine(columns: readonly Column[], widths: readonly number[], cells: readonly string[]): string {
  const padded = columns.map((column, i) => {
    const cell = cells[i] ?? ''
    const width = widths[i] ?? 0
    return column.align === 'left' ? cell.padEnd(width) : cell.padStart(width)
  })
  return padded.join('  ').trimEnd()
}

/** A field of CSV or TSV, quoted where it must be. */
export function quoted(field: string | number, separator: string): string {
  const text = String(field)
  return text.includes(separator) || /["\r\n]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

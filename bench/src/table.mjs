/**
 * One contender's numbers in one case; `ratio` is the library's time to this one's.
 * @typedef {object} Entry
 * @property {string} name
 * @property {import('./timing.mjs').Timing} [timing]
 * @property {number} [ratio]
 * @property {import('./accuracy.mjs').Accuracy} [accuracy]
 * @property {string} [error]
 * @typedef {{ operation: string, shape: string, length: number, entries: Entry[] }} Case
 */

/** @param {number} ns */
export function time(ns) {
  if (ns < 999.5) return `${digits(ns)} ns`
  return ns < 999.5e3 ? `${digits(ns / 1e3)} µs` : `${digits(ns / 1e6)} ms`
}

/** Three digits. @param {number} value */
function digits(value) {
  return value >= 999.5 ? value.toFixed(0) : value.toPrecision(3)
}

/**
 * The table of one case: a line per contender.
 * @param {Case} result
 */
export function caseTable({ operation, shape, length, entries }) {
  const head = [`${operation} ${shape}`, 'median', 'quartiles', 'ns/element', 'ours/theirs', 'max ulp', '|row sum − 1|']
  const lines = entries.map(({ name, timing, ratio, accuracy, error }) => {
    if (timing === undefined) return [name, error ?? '', '', '', '', '', '']
    return [
      name,
      time(timing.median),
      `${time(timing.low)} – ${time(timing.high)}`,
      digits(timing.median / length),
      ratio === undefined ? '' : digits(ratio),
      accuracy === undefined ? '' : digits(accuracy.ulp),
      accuracy?.rowSum === undefined ? '' : accuracy.rowSum.toExponential(1),
    ]
  })
  return aligned([head, ...lines])
}

/**
 * The summary of one operation as a Markdown table: a line per shape, a column per contender, each cell the median,
 * the ratio of the library's time to it, and its largest error.
 * @param {readonly Case[]} cases
 * @param {readonly string[]} names
 */
export function summaryTable(cases, names) {
  const present = names.filter((name) => cases.some(({ entries }) => find(entries, name)?.timing))
  const lines = cases.map(({ shape, entries }) => [shape, ...present.map((name) => cell(find(entries, name)))])
  const rule = ['---', ...present.map(() => '---')]
  return [[cases[0].operation, ...present], rule, ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n')
}

/** @param {readonly Entry[]} entries @param {string} name */
const find = (entries, name) => entries.find((entry) => entry.name === name)

/** @param {Entry | undefined} entry */
function cell(entry) {
  if (entry?.timing === undefined) return entry?.error ? 'failed' : '–'
  const { timing, ratio, accuracy } = entry
  const parts = [time(timing.median)]
  if (ratio !== undefined) parts.push(`(${digits(ratio)})`)
  if (accuracy !== undefined) parts.push(`${digits(accuracy.ulp)} ulp`)
  return parts.join(' ')
}

/** @param {string[][]} lines */
export function aligned(lines) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => widthIn(line, column))))
  return lines
    .map((line) => line.map((text, i) => (i === 0 ? text.padEnd(widths[0]) : text.padStart(widths[i]))))
    .map((line) => line.join('  ').trimEnd())
    .join('\n')
}

/** A line whose second cell is a sentence does not widen that column. @param {string[]} line @param {number} column */
function widthIn(line, column) {
  return column > 0 && line[2] === '' ? 0 : line[column].length
}

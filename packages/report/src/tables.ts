/** The tables of a report. */
import { className, count, counted, percent, shorten } from '@onesum/charts'
import type { Figure, Value } from './figures.ts'
import { type Html, html } from './html.ts'
import type { MeasuredClass, ReportInput } from './input.ts'
import { term } from './terms.ts'
import { percentText } from './words.ts'

/** So many classes are seen at once; the others a click away. */
const classesShown = 20
const rowsShown = 20
/** Names that are longer are cut, so that one of them does not fill the page. */
const longest = 60

/** A class's name as text, its direction of writing kept to itself. */
export function nameOf(index: number, names: readonly string[] | undefined): Html {
  return html`<bdi>${shorten(className(index, names), longest)}</bdi>`
}

/** The headline numbers. */
export function figuresTable(figures: readonly Figure[]): Html {
  const level = figures.find((figure) => figure.level !== undefined)?.level
  const cell = ({ text, interval }: Value) =>
    html`<td>${text}${interval ? html`<small>${interval.text}</small>` : undefined}</td>`
  const lines = figures.map(
    ({ definition, name, before, after }) =>
      html`<tr><th scope="row">${term(definition, name)}</th>${cell(before)}${cell(after)}</tr>
`,
  )
  const note = level
    ? html`<p class="note">The small lines are ${percent(level)} ${term('interval', 'intervals')}.</p>`
    : undefined
  return html`<table class="numbers">
<thead><tr><th scope="col">All rows</th><th scope="col">Before</th><th scope="col">After, ${term('cross-fitting', 'cross-fitted')}</th></tr></thead>
<tbody>${lines}</tbody></table>${note}`
}

/** The classes, those furthest from what they claim first. */
export function classTable({ before, classNames }: ReportInput): Html {
  const worst = before.perClass
    .slice()
    .sort((a, b) => (b.ece ?? 0) - (a.ece ?? 0) || (a.recall ?? 2) - (b.recall ?? 2) || a.class - b.class)
  const head = html`<th scope="col" class="name">Class</th><th scope="col">Rows</th>
<th scope="col">${term('classwise-ece', 'ECE')}</th><th scope="col">Claimed</th><th scope="col">True</th>
<th scope="col">${term('recall', 'Recall')}</th><th scope="col">${term('precision', 'Precision')}</th>
<th scope="col">${term('f1', 'F1')}</th>`
  const line = (entry: MeasuredClass) => {
    const numbers = [
      count(entry.count),
      share(entry.ece),
      percentText(entry.meanProbability),
      percentText(entry.count / before.rows),
      share(entry.recall),
      share(entry.precision),
      share(entry.f1),
    ]
    const cells = numbers.map((number) => html`<td>${number}</td>`)
    return html`<th scope="row" class="name">${nameOf(entry.class, classNames)}</th>${cells}`
  }
  const rest = worst.slice(classesShown)
  const others = wide('Table of the other classes', head, rest.map(line))
  return html`${wide('Table of classes', head, worst.slice(0, classesShown).map(line))}${
    rest.length > 0
      ? html`<details><summary>The other ${counted(rest.length, 'class')}</summary>${others}</details>`
      : undefined
  }`
}

function share(value: number | undefined): string {
  return value === undefined ? '–' : percentText(value)
}

/** The rows that are most confidently wrong. */
export function wrongTable({ before, classNames }: ReportInput): Html {
  if (before.worst.length === 0) return html`<p>No row is wrong.</p>`
  const head = html`<th scope="col">Row</th><th scope="col">Claimed</th><th scope="col" class="name">Predicted</th>
<th scope="col" class="name">True class</th><th scope="col">and its probability</th>`
  const lines = before.worst.slice(0, rowsShown).map(
    ({ row, confidence, predicted, label, probability }) =>
      html`<th scope="row">${count(row)}</th><td>${percentText(confidence)}</td><td class="name">${nameOf(predicted, classNames)}</td>
<td class="name">${nameOf(label, classNames)}</td><td>${percentText(probability)}</td>`,
  )
  return wide('Table of the most confidently wrong rows', head, lines)
}

/** A table that scrolls by itself where the page is narrower, by keyboard too. */
function wide(label: string, head: Html, lines: readonly Html[]): Html {
  const rows = lines.map(
    (line) => html`<tr>${line}</tr>
`,
  )
  return html`<div class="wide" role="region" tabindex="0" aria-label="${label}">
<table><thead><tr>${head}</tr></thead>
<tbody>${rows}</tbody></table></div>`
}

/** The tables of a report. */
import { className, count, percent, shorten } from '@onesum/charts'
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
    ? html`<p class="note">Small print: ${percent(level)} ${term('interval', 'intervals')}.</p>`
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
  const table = (
    classes: readonly MeasuredClass[],
  ) => html`<div class="wide" role="region" tabindex="0" aria-label="Table of classes">
<table><thead><tr><th scope="col" class="name">Class</th><th scope="col">Rows</th><th scope="col">Claimed</th>
<th scope="col">True</th><th scope="col">${term('classwise-ece', 'ECE')}</th><th scope="col" class="minor">${term('precision', 'Precision')}</th>
<th scope="col">${term('recall', 'Recall')}</th><th scope="col" class="minor">${term('f1', 'F1')}</th></tr></thead>
<tbody>${classes.map(line)}</tbody></table></div>`
  const line = (
    entry: MeasuredClass,
  ) => html`<tr><th scope="row" class="name">${nameOf(entry.class, classNames)}</th><td>${count(
    entry.count,
  )}</td><td>${percentText(entry.meanProbability)}</td><td>${percentText(entry.count / before.rows)}</td><td>${share(
    entry.ece,
  )}</td><td class="minor">${share(entry.precision)}</td><td>${share(entry.recall)}</td><td class="minor">${share(entry.f1)}</td></tr>
`
  const rest = worst.slice(classesShown)
  return html`${table(worst.slice(0, classesShown))}${
    rest.length > 0
      ? html`<details><summary>The other ${count(rest.length)} classes</summary>${table(rest)}</details>`
      : undefined
  }`
}

function share(value: number | undefined): string {
  return value === undefined ? '–' : percentText(value)
}

/** The rows that are most confidently wrong. */
export function wrongTable({ before, classNames }: ReportInput): Html {
  if (before.worst.length === 0) return html`<p>No row is wrong.</p>`
  const lines = before.worst.slice(0, rowsShown).map(
    ({ row, confidence, predicted, label, probability }) =>
      html`<tr><th scope="row">${count(row)}</th><td>${percentText(confidence)}</td><td class="name">${nameOf(predicted, classNames)}</td>
<td class="name">${nameOf(label, classNames)}</td><td>${percentText(probability)}</td></tr>
`,
  )
  return html`<div class="wide" role="region" tabindex="0" aria-label="Table of the most confidently wrong rows">
<table><thead><tr><th scope="col">Row</th><th scope="col">Claimed</th><th scope="col" class="name">for</th>
<th scope="col" class="name">It is</th><th scope="col">which got</th></tr></thead>
<tbody>${lines}</tbody></table></div>`
}

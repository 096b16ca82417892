/** A report as one HTML document: no script, no network. */
import { counted, shorten } from '@onesum/charts'
import { type Assessment, assess } from './assess.ts'
import { type Html, html, style } from './html.ts'
import type { ReportInput } from './input.ts'
import type { Step } from './next-steps.ts'
import { classPictures, otherPictures, reliabilityPictures } from './pictures.ts'
import { sheet } from './style.ts'
import { classTable, figuresTable, wrongTable } from './tables.ts'
import { formula, glossary, term } from './terms.ts'
import type { Verdict } from './verdict.ts'
import { temperatureText } from './words.ts'

/** Options of a report. */
export interface ReportOptions {
  /** The document that makes the pictures: the page's own, or linkedom's on a server. */
  document: Document
}

/** Each verdict's sign and name. */
const signs: Record<Verdict, { sign: string; name: string }> = {
  overconfident: { sign: '▲', name: 'Overconfident' },
  underconfident: { sign: '▼', name: 'Underconfident' },
  uneven: { sign: '◆', name: 'Off in both directions' },
  calibrated: { sign: '●', name: 'Well calibrated' },
  undecided: { sign: '○', name: 'Cannot tell' },
  guessing: { sign: '✕', name: 'No better than chance' },
}

/**
 * Writes an evaluation as one self-contained HTML document: the verdict in plain words, the numbers before and after,
 * pictures, the classes and rows that are worst, what to do next, and every definition.
 *
 * The document holds no script and asks the network for nothing, and its policy forbids both. Names are shown as text,
 * whatever they hold.
 *
 * @param input the evaluation before and after calibration
 * @param options `document`
 * @returns the text of an HTML document
 */
export function renderReport(input: ReportInput, { document }: ReportOptions): string {
  const assessment = assess(input)
  const title = shorten(input.title, 120)
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${assessment.headline} – ${title}</title>
${style(sheet)}
</head>
<body>
${opening(input, assessment, title)}
<main>
<section aria-labelledby="numbers"><h2 id="numbers">The numbers</h2>${figuresTable(assessment.figures)}</section>
<section aria-labelledby="next"><h2 id="next">What to do next</h2>${steps(assessment.next)}</section>
<section aria-labelledby="claims"><h2 id="claims">Does it keep what it claims?</h2>
${reliabilityPictures(input, document)}</section>
<section aria-labelledby="more"><h2 id="more">Temperature, refusal, confusion</h2>
${otherPictures(input, document)}</section>
<section aria-labelledby="classes"><h2 id="classes">Class by class</h2>
<p class="note">Before calibration; the class furthest from what it claims comes first. “Claimed” is the class’s mean
probability over all rows, “true” the part of the rows that are of it.</p>
${classTable(input)}${classPictures(input, document)}</section>
<section aria-labelledby="wrong"><h2 id="wrong">Most confidently wrong</h2>
<p class="note">Rows are counted from 0. Wrong labels are often found here.</p>
${wrongTable(input)}</section>
<section aria-labelledby="definitions"><h2 id="definitions">What the words mean</h2>
<p class="note">${formula('n rows; c_i is the confidence of row i, p_ik its probability of class k, y_i its true class; bin b holds n_b rows.')}</p>
${glossary()}</section>
</main>
<footer>Made by onesum. Nothing here was sent anywhere: the page holds no script and asks the network for nothing.</footer>
</body>
</html>
`
  return page.text
}

function opening(
  { before, calibration }: ReportInput,
  { verdict, headline, reasons }: Assessment,
  title: string,
): Html {
  const { sign, name } = signs[verdict]
  const left = before.skipped > 0 ? `, ${counted(before.skipped, 'row')} without a softmax left out` : ''
  const folds = calibration.foldTemperatures.map(temperatureText).join(', ')
  return html`<header>
<p class="about"><bdi>${title}</bdi> · ${counted(before.rows, 'row')} · ${counted(before.classes, 'class')}${left}</p>
<p class="verdict"><span aria-hidden="true">${sign}</span>${name}</p>
<h1>${headline}</h1>
<div class="reasons">${reasons.map((reason) => html`<p>${reason}</p>`)}</div>
<p class="note">“After” is ${term('cross-fitting', 'cross-fitted')} in ${calibration.foldTemperatures.length} folds (seed ${
    calibration.seed
  }): no row is judged by a ${term('temperature', 'temperature')} that was fitted on it. The folds’ temperatures: ${folds}.</p>
</header>`
}

function steps(next: readonly Step[]): Html {
  const item = ({ text, code }: Step) =>
    html`<li>${text}${code ? html`<pre><code>${code.join('\n')}</code></pre>` : undefined}</li>
`
  return html`<ol class="steps">${next.map(item)}</ol>`
}

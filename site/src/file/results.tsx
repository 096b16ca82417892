/** What was measured: the verdict, the numbers, the pictures, the worst rows, and files to keep. */
import {
  className,
  counted,
  describeReliability,
  percent,
  type ReliabilityBin,
  reliabilityDiagram,
} from '@onesum/charts'
import { assess, type Figure, type ReportInput, renderReport } from '@onesum/report'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Code } from '../page/code.tsx'
import { short } from '../page/format.ts'
import { program } from './program.ts'
import { make, said, save } from './state.ts'

export interface ResultsProps {
  readonly input: ReportInput
}

export function Results({ input }: ResultsProps): JSX.Element {
  const { headline, reasons, figures } = assess(input)
  const { before, after, calibration } = input
  return (
    <div class="results">
      <h3>{headline}</h3>
      {reasons.map((reason) => (
        <p key={reason}>{reason}</p>
      ))}
      <div class="wide">
        <Numbers figures={figures} level={before.intervals?.level} />
      </div>
      <p class="soft" data-temperature={calibration.temperature}>
        After: divided by a temperature. The one to use, fitted on all rows, is {short(calibration.temperature)}. The
        numbers are fair: rows are dealt into {calibration.foldTemperatures.length} folds (seed {calibration.seed}), and
        each is judged by the temperature of the others ({calibration.foldTemperatures.map(short).join(', ')}).
      </p>
      <div class="pictures">
        <Diagram bins={before.bins} name="Before" />
        <Diagram bins={after.bins} name="After" />
      </div>
      <Worst input={input} />
      <Keep input={input} />
      <Code source={program(input)} />
    </div>
  )
}

const shown = ['Accuracy', 'Mean confidence', 'ECE', 'ECE by chance alone', 'NLL', 'Brier score']

function Numbers({ figures, level }: { readonly figures: readonly Figure[]; readonly level?: number }): JSX.Element {
  return (
    <table class="numbers">
      <caption>{level ? `Before and after, with ${percent(level)} intervals` : 'Before and after'}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">before</th>
          <th scope="col">after</th>
        </tr>
      </thead>
      <tbody>
        {figures
          .filter(({ name }) => shown.includes(name))
          .map(({ name, before, after }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {[before, after].map(({ value, text, interval }, i) => (
                <td key={String(i)} data-figure={value}>
                  {text}
                  {interval && <small> {interval.text}</small>}
                </td>
              ))}
            </tr>
          ))}
      </tbody>
    </table>
  )
}

function Diagram({ bins, name }: { readonly bins: readonly ReliabilityBin[]; readonly name: string }): JSX.Element {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const id = `${name.toLowerCase()}-reliability`
    const title = `Reliability diagram, ${name.toLowerCase()}`
    const picture = reliabilityDiagram(bins, { document, id, title })
    // the whole is one image: its parts have no role that a name could belong to
    for (const part of picture.querySelectorAll('[aria-label]')) part.removeAttribute('aria-label')
    place.current?.replaceChildren(picture)
  }, [bins, name])
  return (
    <figure>
      <h4>{name}</h4>
      <div ref={place} class="picture" />
      <figcaption>{describeReliability(bins)}</figcaption>
    </figure>
  )
}

const rows = 10

function Worst({ input: { before, classNames } }: ResultsProps): JSX.Element {
  if (before.worst.length === 0) return <p>No row is wrong.</p>
  return (
    <div class="wide">
      <table class="numbers">
        <caption>Most confidently wrong, before; rows count from 0. Wrong labels are often found here.</caption>
        <thead>
          <tr>
            <th scope="col">row</th>
            <th scope="col">claimed</th>
            <th scope="col">predicted</th>
            <th scope="col">true class</th>
            <th scope="col">and its probability</th>
          </tr>
        </thead>
        <tbody>
          {before.worst.slice(0, rows).map(({ row, confidence, predicted, label, probability }) => (
            <tr key={row}>
              <th scope="row" data-worst={row}>
                {row}
              </th>
              <td>{percent(confidence)}</td>
              <td>
                <bdi>{className(predicted, classNames)}</bdi>
              </td>
              <td>
                <bdi>{className(label, classNames)}</bdi>
              </td>
              <td>{percent(probability)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Keep({ input }: ResultsProps): JSX.Element {
  const report = () => {
    const html = renderReport(input, { document })
    save(`${input.title.replace(/\.[^.]*$/, '')}.report.html`, new Blob([html], { type: 'text/html' }))
  }
  return (
    <>
      <div class="buttons keep">
        <span>Keep</span>
        <button type="button" onClick={() => make('calibrator')}>
          the calibrator (JSON)
        </button>
        <button type="button" onClick={() => make('probabilities')}>
          the probabilities (NPY)
        </button>
        <button type="button" onClick={report}>
          the whole report (HTML)
        </button>
      </div>
      <p role="status" class="remark one">
        {said.value}
      </p>
      <p class="soft">
        {counted(input.before.rows, 'row')} of {counted(input.before.classes, 'class')} were measured here; nothing was
        sent anywhere.
      </p>
    </>
  )
}

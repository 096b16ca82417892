/** What to do next. */
import { className, counted, isolate, percent, points } from '@onesum/charts'
import type { FileNames, ReportInput } from './input.ts'
import { type Remedy, resolution, rowsToTell, type Verdict } from './verdict.ts'
import { temperatureText } from './words.ts'

/** One piece of advice. */
export interface Step {
  text: string
  /** What to write or to run, line by line. */
  code?: string[]
}

/** The advice that belongs to a verdict, the most useful first. */
export function nextSteps(input: ReportInput, verdict: Verdict, remedy: Remedy): Step[] {
  if (verdict === 'guessing') return [...checkTheLabels, again]
  if (verdict === 'undecided') return [moreRows(input), ...lookAt(input), again]
  if (verdict === 'calibrated')
    return [{ text: 'Use the probabilities as they are.' }, ...refuse(input), ...lookAt(input), again]
  const { bound } = input.calibration
  if (bound === 'low') return [moreRows(input), again]
  const cures =
    remedy === 'fails' ? [tryOthers(input)] : [apply(input), ...(remedy === 'helps' ? [tryOthers(input)] : [])]
  return [...cures, ...refuse(input), ...lookAt(input), again]
}

const again: Step = {
  text: 'Judge again on fresh rows whenever the model or its inputs change: calibration holds for rows of the same kind.',
}

const checkTheLabels: Step[] = [
  {
    text: 'Look at some rows by hand: does label 0 stand for the class that logit 0 stands for, and is row 0 the same row in both files?',
  },
  {
    text: 'If the labels are right, the model has learnt nothing that these rows ask for. Calibration cannot help; training can.',
  },
]

/** Where one temperature is not enough. */
function tryOthers(input: ReportInput): Step {
  const { logits, labelled } = filesOf(input)
  return {
    text:
      'One temperature is not enough here. Try calibrators that treat classes or ranges differently, and let held-out ' +
      'rows choose among them.',
    code: [
      "import { fitBest } from 'onesum/calibration'",
      `onesum calibrate ${logits}${labelled} --method best -o best.json`,
    ],
  }
}

/** The file of logits as a shell takes it, the options that name its labels, and the one that leaves their column out. */
function filesOf({ files, from }: ReportInput): { logits: string; labelled: string; column: string } {
  const { logits, labels, labelColumn, classes }: FileNames = files ?? { logits: 'LOGITS', labels: 'LABELS' }
  const option = (name: string, value: string | undefined) => (value === undefined ? '' : ` --${name} ${quoted(value)}`)
  const column = option('label-column', labelColumn)
  return {
    logits: quoted(logits),
    labelled: `${option('labels', labels)}${column}${option('classes', classes)}${option('from', from)}`,
    column: labels === undefined ? column : '',
  }
}

function apply(input: ReportInput): Step {
  const temperature = temperatureText(input.calibration.temperature)
  const { logits, labelled, column } = filesOf(input)
  const [what, code] = input.from
    ? ['the logarithms of the probabilities', 'probabilities.map(Math.log)']
    : ['the logits', 'logits']
  return {
    text: `Divide ${what} by ${temperature} before softmax, in code or on files. No answer changes, only how sure it is.`,
    code: [
      `softmax(${code}, { shape, temperature: ${temperature} })`,
      `onesum calibrate ${logits}${labelled} -o calibrator.json`,
      `onesum apply calibrator.json ${logits}${column} -o probabilities.npy`,
    ],
  }
}

/** A value as a shell takes it for one word. */
function quoted(value: string): string {
  return /^[\w./@:+,-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`
}

function moreRows({ before, calibration }: ReportInput): Step {
  const needed = rowsToTell(before)
  const text =
    calibration.bound === 'low'
      ? 'Find labelled rows that the model gets wrong: without any, nothing can say how sure it may be.'
      : `Label more rows, about ${counted(needed, 'row')} in all, to see an error of ${points(resolution)}. ` +
        'Until then take the answers, and leave the probabilities alone.'
  return { text }
}

/** What refusing the less sure half of the rows would gain, where it gains something. */
function refuse({ after }: ReportInput): Step[] {
  const half = after.riskCoverage.curve.find(({ coverage }) => coverage >= 0.5)
  const all = after.riskCoverage.curve.at(-1)
  if (half === undefined || all === undefined || !(half.risk < all.risk)) return []
  const text =
    `Decide what an error costs. Answering all rows, ${percent(all.risk)} of the answers are wrong; answering only the ` +
    `surer ${percent(half.coverage)}, ${percent(half.risk)} are. The rest can go to a person.`
  return [{ text }]
}

/** A class that is recognised far less often than the others. */
function lookAt({ before, classNames }: ReportInput): Step[] {
  const weak = before.perClass
    .filter(({ count, recall }) => recall !== undefined && recall < before.accuracy / 2 && count >= 10)
    .sort((a, b) => (a.recall ?? 0) - (b.recall ?? 0))
  if (weak.length === 0) return []
  const names = weak.slice(0, 3).map((entry) => isolate(className(entry.class, classNames)))
  const more = weak.length > 3 ? ` and ${weak.length - 3} more` : ''
  return [
    {
      text: `Look at what the average hides: ${names.join(', ')}${more} ${weak.length === 1 ? 'is' : 'are'} recognised less than half as often as rows are on the whole.`,
    },
  ]
}

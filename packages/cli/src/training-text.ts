import type { SoftmaxClassifier } from 'onesum/classifier'
import { confusionText } from './confusion.ts'
import type { Figures } from './figures.ts'
import { count, decimal, percent, toJson } from './numbers.ts'
import { table } from './table.ts'
import type { Training } from './training.ts'

/** What came of a training, for people: how it ended, how good it is, and what it mixes up. */
export function trainingText({ classifier, train, heldOut, absent }: Training): string {
  const { classes, features, classNames } = classifier
  const judged = heldOut ?? train
  const which = `${count(judged.metrics.rows, 'row')} ${heldOut === undefined ? 'it was trained on' : 'held out'}`
  return [
    `A softmax classifier of ${count(features, 'feature')} and ${count(classes, 'class')}, trained on ${count(train.metrics.rows, 'row')}.`,
    ending(classifier),
    ...(absent.length === 0 ? [] : [absence(absent, classNames)]),
    '',
    ...figuresTable(train, heldOut),
    '',
    ...confusionText(which, judged.confusion, classNames),
  ].join('\n')
}

/** Why it stopped, and what to do where that is not the optimum. */
function ending({ reason, iterations, l2, l2Path }: SoftmaxClassifier): string {
  const steps = count(iterations, 'iteration')
  const penalty =
    l2Path === undefined
      ? `l2 ${short(l2)}`
      : `l2 ${short(l2)}, chosen from ${l2Path.length} by 5-fold cross-validation`
  switch (reason) {
    case 'tolerance':
      return `At the optimum after ${steps}, with ${penalty}.`
    case 'precision':
      return `As close to the optimum as float32 sums can tell after ${steps}, with ${penalty}.`
    case 'separable':
      return `Stopped after ${steps}: the classes can be told apart without error, and ${penalty} holds nothing back; take an --l2 above 0.`
    default:
      return `Not at the optimum: ${steps} were not enough, with ${penalty}; allow more with --max-iterations.`
  }
}

const short = (value: number): string => String(Number(value.toPrecision(3)))

function absence(absent: readonly number[], names: readonly string[] | undefined): string {
  const listed = absent.slice(0, 5).map((c) => names?.[c] ?? String(c))
  const more = absent.length > listed.length ? ` and ${absent.length - listed.length} more` : ''
  return `No row has the ${absent.length === 1 ? 'class' : 'classes'} ${listed.join(', ')}${more}.`
}

function figuresTable(train: Figures, heldOut: Figures | undefined): string[] {
  const both = [train, ...(heldOut === undefined ? [] : [heldOut])].map(({ metrics }) => metrics)
  const right = { title: '', align: 'right' } as const
  return table(
    [
      { title: '', align: 'left' },
      { ...right, title: 'trained on' },
      ...(heldOut === undefined ? [] : [{ ...right, title: 'held out' }]),
      { title: '', align: 'left' },
    ],
    [
      ['rows', ...both.map(({ rows }) => rows.toLocaleString('en-US')), ''],
      ['accuracy', ...both.map(({ accuracy }) => percent(accuracy)), 'the most probable class is right'],
      ['NLL', ...both.map(({ nll }) => decimal(nll)), 'negative log-likelihood, in nats: 0 is perfect'],
      ['ECE', ...both.map(({ ece }) => percent(ece)), 'expected calibration error: the gap between claim and truth'],
    ],
  )
}

/** The same for machines: one object. */
export function trainingJson({ outputs, classifier, train, heldOut }: Training): string {
  const { classes, features, classNames, featureNames, objective, gradientNorm } = classifier
  const { iterations, evaluations, converged, reason, l2, l2Path } = classifier
  const figures = ({ metrics, confusion }: Figures): object => ({
    rows: metrics.rows,
    accuracy: metrics.accuracy,
    nll: metrics.nll,
    brier: metrics.brier,
    ece: metrics.ece,
    mce: metrics.mce,
    confusion: confusion.cells(),
  })
  const fit = { objective, gradientNorm, iterations, evaluations, converged, reason, l2, l2Path }
  const what = { outputs, classes, features, classNames, featureNames, fit }
  return toJson({ ...what, train: figures(train), ...(heldOut && { heldOut: figures(heldOut) }) })
}

import type { SoftmaxClassifier } from 'onesum/classifier'
import type { Metrics } from 'onesum/metrics'
import { shown } from './class-names.ts'
import { confusionText } from './confusion.ts'
import { count, decimal, percent, toJson } from './numbers.ts'
import { table } from './table.ts'
import type { Training } from './training.ts'

/** What came of a training, for people: how it ended, how good it is, and what it mixes up. */
export function trainingText({ classifier, train, heldOut, aside, absent }: Training): string {
  const { temperature, classNames } = classifier
  const judged = heldOut ?? train
  const [seen, own] = aside.rows === 0 ? ['trained on', 'it was trained on'] : ['seen', 'it has seen']
  const which = `${count(judged.rows, 'row')} ${heldOut === undefined ? own : 'held out'}`
  return [
    `${whatItIs(classifier)}, trained on ${count(train.rows - aside.rows, 'row')}.`,
    ...(aside.rows === 0 ? [] : [`Kept aside beside them: ${count(aside.rows, 'row')}, ${aside.what}.`]),
    ending(classifier),
    ...(temperature === 1 ? [] : [`Calibrated: its logits are divided by a temperature of ${short(temperature)}.`]),
    ...(absent.length === 0 ? [] : [absence(absent, classNames)]),
    '',
    ...figuresTable(seen, train, heldOut),
    ...(judged.confusion === undefined ? [] : ['', ...confusionText(which, judged.confusion, classNames)]),
  ].join('\n')
}

function whatItIs({ features, classes, hidden, activation }: SoftmaxClassifier): string {
  const ends = [count(features, 'feature'), count(classes, 'class')]
  if (hidden.length === 0) return `A softmax classifier of ${ends.join(' and ')}`
  const units = hidden.map(({ units }) => units).join(' + ')
  return `A network of ${ends[0]}, ${units} hidden units (${activation}) and ${ends[1]}`
}

/** Why it stopped, and what to do where more is to be had. */
function ending({ reason, iterations, l2, l2Path }: SoftmaxClassifier): string {
  const steps = count(iterations, 'iteration')
  const chosen = l2Path === undefined ? '' : `, chosen from ${l2Path.length} by 5-fold cross-validation`
  const penalty = `l2 ${short(l2)}${chosen}`
  switch (reason) {
    case 'tolerance':
      return `At the optimum after ${steps}, with ${penalty}.`
    case 'precision':
      return `As close to the optimum as float32 sums can tell after ${steps}, with ${penalty}.`
    case 'separable':
      return `Stopped after ${steps}: the classes can be told apart without error, and ${penalty} holds nothing back; take an --l2 above 0.`
    case 'heldOut':
      return `Stopped after ${count(iterations, 'step')}, when the loss on rows kept aside for that got no better.`
    case 'epochs':
      return `Stopped after ${count(iterations, 'step')}, when the epochs were through; if the loss still falls, allow more with --epochs.`
    default:
      return `Not at the optimum: ${steps} were not enough, with ${penalty}; allow more with --max-iterations.`
  }
}

const short = (value: number): string => String(Number(value.toPrecision(3)))

function absence(absent: readonly number[], names: readonly string[] | undefined): string {
  const listed = absent.slice(0, 5).map((c) => shown(names?.[c] ?? String(c)))
  const more = absent.length > listed.length ? ` and ${absent.length - listed.length} more` : ''
  return `No row has the ${absent.length === 1 ? 'class' : 'classes'} ${listed.join(', ')}${more}.`
}

function figuresTable(seen: string, train: Metrics, heldOut: Metrics | undefined): string[] {
  const both = [train, ...(heldOut === undefined ? [] : [heldOut])]
  const right = { title: '', align: 'right' } as const
  return table(
    [
      { title: '', align: 'left' },
      { ...right, title: seen },
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
export function trainingJson({ outputs, classifier, train, heldOut, aside }: Training): string {
  const { classes, features, classNames, featureNames, temperature, activation, hidden } = classifier
  const { objective, gradientNorm, iterations, evaluations, converged, reason, l2, l2Path } = classifier
  const network = hidden.length === 0 ? {} : { hidden: hidden.map(({ units }) => units), activation }
  const figures = ({ rows, accuracy, nll, brier, ece, mce, confusion }: Metrics): object => {
    return { rows, accuracy, nll, brier, ece, mce, confusion }
  }
  return toJson({
    outputs,
    classes,
    features,
    classNames,
    featureNames,
    ...network,
    temperature,
    fit: { objective, gradientNorm, iterations, evaluations, converged, reason, l2, l2Path },
    train: figures(train),
    ...(aside.rows > 0 && { keptAside: aside.rows }),
    ...(heldOut && { heldOut: figures(heldOut) }),
  })
}

import type { Metrics } from 'onesum/metrics'
import { classLabel } from './class-names.ts'
import { count, decimal, percent, points } from './numbers.ts'
import { type Column, table } from './table.ts'

const barWidth = 20

/** The metrics as people read them: one line each, with what it means. */
export function metricsTable(metrics: Metrics): string[] {
  const topK = Object.entries(metrics.topKAccuracy)
    .filter(([k]) => k !== '1')
    .map(
      ([k, accuracy]): Line => [
        `top-${k} accuracy`,
        percent(accuracy),
        `the right class is among the ${k} most probable`,
      ],
    )
  const gap = points(metrics.meanConfidence - metrics.accuracy)
  const { intervals } = metrics
  const lines: Line[] = [
    ['accuracy', percent(metrics.accuracy), 'the most probable class is right', ends(intervals?.accuracy, percent)],
    ...topK,
    ['balanced accuracy', percent(metrics.balancedAccuracy), 'as if all classes were equally frequent'],
    ['macro F1', percent(metrics.macroF1), 'precision and recall in one number, on average over classes'],
    ...auc(metrics),
    [
      'mean confidence',
      percent(metrics.meanConfidence),
      `the probability it claims: ${gap} points from the accuracy`,
      ends(intervals?.meanConfidence, percent),
    ],
    [
      'ECE',
      percent(metrics.ece),
      `the gap between claim and truth, on average; chance alone shows ${percent(metrics.calibratedEce.mean)}`,
      ends(intervals?.ece, percent),
    ],
    ['MCE', percent(metrics.mce), 'maximum calibration error: the gap in the worst bin', ends(intervals?.mce, percent)],
    ...(metrics.classwiseEce === undefined
      ? []
      : [
          [
            'class-wise ECE',
            percent(metrics.classwiseEce),
            'the gap for each class alone, on average over classes',
          ] as Line,
        ]),
    ['AURC', percent(metrics.riskCoverage.aurc), 'error rate among the more confident rows, averaged over their share'],
    ['NLL', decimal(metrics.nll), 'negative log-likelihood, in nats: 0 is perfect', ends(intervals?.nll, decimal)],
    [
      'Brier score',
      decimal(metrics.brier),
      'squared error, summed over classes: 0 is perfect, 2 the worst',
      ends(intervals?.brier, decimal),
    ],
  ]
  if (intervals === undefined) {
    return table(
      plainColumns,
      lines.map(([name, value, meaning]) => [name, value, meaning]),
    ).slice(1)
  }
  const level = `${intervals.level * 100}% interval`
  return table(
    [plainColumns[0], plainColumns[1], { title: level, align: 'right' }, plainColumns[2]],
    lines.map(([name, value, meaning, interval = '']) => [name, value, interval, meaning]),
  )
}

/** Rows × classes up to which it is exact, and there without being asked for. */
const EXACT_AUC = 2 ** 18

function auc({ macroAuc, rows, classes }: Metrics): Line[] {
  if (macroAuc !== undefined) {
    return [['AUC', percent(macroAuc), 'how often a row of a class has more of it than another row']]
  }
  return rows * classes > EXACT_AUC ? [['AUC', '–', 'takes a third longer for so many rows: --per-class']] : []
}

type Line = readonly [name: string, value: string, meaning: string, interval?: string | undefined]

const plainColumns: Column[] = [
  { title: '', align: 'left' },
  { title: '', align: 'right' },
  { title: '', align: 'left' },
]

function ends(interval: readonly [number, number] | undefined, show: (value: number) => string): string | undefined {
  return interval && `${show(interval[0])} – ${show(interval[1])}`
}

/** So many classes are told of. */
const classesShown = 20

/** The classes, the least recognised first. */
export function classTable(metrics: Metrics, names: readonly string[] | undefined): string[] {
  const { perClass } = metrics
  const worst = perClass.slice().sort((a, b) => (a.recall ?? 2) - (b.recall ?? 2) || (b.ece ?? 0) - (a.ece ?? 0))
  const part = (value: number | undefined): string => (value === undefined ? '–' : percent(value))
  const lines = table(
    [
      { title: 'class', align: 'left' },
      { title: 'rows', align: 'right' },
      { title: 'recall', align: 'right' },
      { title: 'precision', align: 'right' },
      { title: 'F1', align: 'right' },
      { title: 'AUC', align: 'right' },
      { title: 'claimed', align: 'right' },
      { title: 'true', align: 'right' },
      { title: 'ECE', align: 'right' },
    ],
    worst
      .slice(0, classesShown)
      .map((one) => [
        classLabel(one.class, names),
        one.count.toLocaleString('en-US'),
        part(one.recall),
        part(one.precision),
        part(one.f1),
        part(one.auc?.value),
        percent(one.meanProbability),
        percent(one.count / metrics.rows),
        part(one.ece),
      ]),
  )
  const rest = perClass.length - classesShown
  return rest > 0 ? [...lines, `and ${count(rest, 'class')} more: --json has all`] : lines
}

/** The reliability bins that hold rows, each with a bar: how far the claim is kept. */
export function reliabilityTable(metrics: Metrics): string[] {
  const rows = metrics.bins
    .filter((bin) => bin.count > 0)
    .map(({ lower, upper, count: rows, accuracy, confidence }) => [
      `${edge(lower)} – ${edge(upper)}`,
      rows.toLocaleString('en-US'),
      percent(confidence),
      percent(accuracy),
      points(confidence - accuracy),
      bar(confidence, accuracy),
    ])
  const lines = table(
    [
      { title: 'confidence', align: 'right' },
      { title: 'rows', align: 'right' },
      { title: 'claimed', align: 'right' },
      { title: 'right', align: 'right' },
      { title: 'gap', align: 'right' },
      { title: '0%              100%', align: 'left' },
    ],
    rows,
  )
  return [...lines, '', '█ right   ░ claimed but not right   ▒ right beyond the claim']
}

function edge(value: number): string {
  return `${(value * 100).toFixed(1)}%`.padStart(6)
}

function bar(confidence: number, accuracy: number): string {
  const low = Math.round(Math.min(confidence, accuracy) * barWidth)
  const high = Math.round(Math.max(confidence, accuracy) * barWidth)
  return '█'.repeat(low) + (confidence > accuracy ? '░' : '▒').repeat(high - low)
}

import type { Metrics } from 'onesum/metrics'
import { decimal, percent, points } from './numbers.ts'
import { table } from './table.ts'

const barWidth = 20

/** The metrics as people read them: one line each, with what it means. */
export function metricsTable(metrics: Metrics): string[] {
  const topK = Object.entries(metrics.topKAccuracy)
    .filter(([k]) => k !== '1')
    .map(([k, accuracy]) => [`top-${k} accuracy`, percent(accuracy), `the right class is among the ${k} most probable`])
  const gap = points(metrics.meanConfidence - metrics.accuracy)
  return table(
    [
      { title: '', align: 'left' },
      { title: '', align: 'right' },
      { title: '', align: 'left' },
    ],
    [
      ['accuracy', percent(metrics.accuracy), 'the most probable class is right'],
      ...topK,
      ['balanced accuracy', percent(metrics.balancedAccuracy), 'as if all classes were equally frequent'],
      ['macro F1', percent(metrics.macroF1), 'precision and recall in one number, on average over classes'],
      ...(metrics.macroAuc === undefined
        ? []
        : [['AUC', percent(metrics.macroAuc), 'how often a row of a class has more of it than another row']]),
      [
        'mean confidence',
        percent(metrics.meanConfidence),
        `the probability it claims: ${gap} points from the accuracy`,
      ],
      ['ECE', percent(metrics.ece), 'expected calibration error: the gap between claim and truth, on average'],
      ['MCE', percent(metrics.mce), 'maximum calibration error: the gap in the worst bin'],
      ...(metrics.classwiseEce === undefined
        ? []
        : [['class-wise ECE', percent(metrics.classwiseEce), 'the gap for each class alone, on average over classes']]),
      [
        'AURC',
        percent(metrics.riskCoverage.aurc),
        'error rate among the more confident rows, averaged over their share',
      ],
      ['NLL', decimal(metrics.nll), 'negative log-likelihood, in nats: 0 is perfect'],
      ['Brier score', decimal(metrics.brier), 'squared error, summed over classes: 0 is perfect, 2 the worst'],
    ],
  ).slice(1)
}

/** The reliability bins that hold rows, each with a bar: how far the claim is kept. */
export function reliabilityTable(metrics: Metrics): string[] {
  const rows = metrics.bins
    .filter((bin) => bin.count > 0)
    .map(({ lower, upper, count, accuracy, confidence }) => [
      `${edge(lower)} – ${edge(upper)}`,
      count.toLocaleString('en-US'),
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

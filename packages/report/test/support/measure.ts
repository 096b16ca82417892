/** What a report is made of, computed straight from the definitions, and small enough to be seen to be right. */
import type { Calibration, Measured, ReportInput } from '../../src/index.ts'
import { type Rows, softmax } from './source.ts'

const bins = 15

/** All that a report needs of some rows: the temperature, the folds, and both states. */
export function reportInput({ logits, labels }: Rows, more: Partial<ReportInput> = {}): ReportInput {
  const all = logits.map((_, i) => i)
  const folds = [all.filter((i) => i % 2 === 1), all.filter((i) => i % 2 === 0)]
  // each fold's temperature comes from the other one
  const foldTemperatures = folds.map((fold) => fit({ logits, labels }, fold))
  const after = logits.map((row, i) => softmax(row, foldTemperatures[i % 2]))
  const temperature = fit({ logits, labels }, all)
  const bound = temperature <= 1 / widest ? 'low' : temperature >= widest ? 'high' : null
  const curve = Array.from({ length: 41 }, (_, i) => 10 ** (i / 20 - 1)).map((at) => ({
    temperature: at,
    nll: nllAt({ logits, labels }, all, at),
  }))
  const calibration: Calibration = { temperature, foldTemperatures, curve, seed: 1, bound }
  return {
    title: 'model.npy',
    before: measure(
      logits.map((row) => softmax(row, 1)),
      labels,
    ),
    after: measure(after, labels),
    calibration,
    ...more,
  }
}

const widest = 100

function nllAt({ logits, labels }: Rows, rows: readonly number[], temperature: number): number {
  return mean(rows.map((i) => -Math.log(softmax(logits[i], temperature)[labels[i]])))
}

/** The temperature of the least loss, by golden sections of log T; the loss has one minimum in 1/T. */
function fit(data: Rows, rows: readonly number[]): number {
  const golden = (Math.sqrt(5) - 1) / 2
  let [low, high] = [-Math.log(widest), Math.log(widest)]
  for (let i = 0; i < 40; i++) {
    const [a, b] = [high - golden * (high - low), low + golden * (high - low)]
    if (nllAt(data, rows, Math.exp(a)) < nllAt(data, rows, Math.exp(b))) high = b
    else low = a
  }
  const found = Math.exp((low + high) / 2)
  return found > widest * 0.999 ? widest : found < 1.001 / widest ? 1 / widest : found
}

/** Every number of a report, from probabilities and labels. */
export function measure(probabilities: readonly number[][], labels: readonly number[]): Measured {
  const rows = labels.length
  const classes = probabilities[0].length
  const sorted = probabilities.map((row, i) => {
    const predicted = row.indexOf(Math.max(...row))
    return { row: i, confidence: row[predicted], predicted, label: labels[i], probability: row[labels[i]] }
  })
  const overall = binned(sorted.map(({ confidence, predicted, label }) => ({ confidence, hit: predicted === label })))
  const accuracy = mean(sorted.map(({ predicted, label }) => Number(predicted === label)))
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (const { predicted, label } of sorted) confusion[label][predicted]++
  const perClass = confusion.map((row, k) => {
    const count = row.reduce((sum, n) => sum + n, 0)
    const predicted = confusion.reduce((sum, other) => sum + other[k], 0)
    const own = binned(probabilities.map((p, i) => ({ confidence: p[k], hit: labels[i] === k })))
    return {
      class: k,
      count,
      predicted,
      correct: row[k],
      ...(predicted > 0 ? { precision: row[k] / predicted } : {}),
      ...(count > 0 ? { recall: row[k] / count } : {}),
      ...(count + predicted > 0 ? { f1: (2 * row[k]) / (count + predicted) } : {}),
      meanProbability: mean(probabilities.map((p) => p[k])),
      ece: error(own),
      bins: own,
    }
  })
  const gaps = overall.filter(({ count }) => count > 0).map((bin) => Math.abs(bin.accuracy - bin.confidence))
  return {
    rows,
    skipped: 0,
    classes,
    accuracy,
    topKAccuracy: {
      1: accuracy,
      3: mean(probabilities.map((p, i) => Number(p.filter((q) => q > p[labels[i]]).length < 3))),
    },
    balancedAccuracy: mean(perClass.flatMap(({ recall }) => (recall === undefined ? [] : [recall]))),
    nll: mean(sorted.map(({ probability }) => -Math.log(probability))),
    brier: mean(probabilities.map((p, i) => p.reduce((sum, q, k) => sum + (q - Number(k === labels[i])) ** 2, 0))),
    meanConfidence: mean(sorted.map(({ confidence }) => confidence)),
    ece: error(overall),
    mce: Math.max(...gaps),
    classwiseEce: mean(perClass.map(({ ece }) => ece)),
    calibratedEce: byChance(overall),
    bins: overall,
    riskCoverage: riskCoverage(sorted),
    perClass,
    confusion,
    worst: sorted
      .filter(({ predicted, label }) => predicted !== label)
      .sort((a, b) => b.confidence - a.confidence)
      .slice(0, 20),
  }
}

type Bin = Measured['bins'][number]

function binned(claims: readonly { confidence: number; hit: boolean }[]): Bin[] {
  const sums = Array.from({ length: bins }, () => ({ count: 0, hits: 0, confidence: 0 }))
  for (const { confidence, hit } of claims) {
    // open on the left, closed on the right; 0 goes to the first, and what rounding put past 1 to the last
    const found = sums.findIndex((_, b) => confidence <= (b + 1) / bins)
    const bin = sums[found < 0 ? bins - 1 : found]
    bin.count++
    bin.hits += Number(hit)
    bin.confidence += confidence
  }
  return sums.map(({ count, hits, confidence }, b) => ({
    lower: b / bins,
    upper: (b + 1) / bins,
    count,
    accuracy: count === 0 ? 0 : hits / count,
    confidence: count === 0 ? 0 : confidence / count,
  }))
}

function error(list: readonly Bin[]): number {
  const rows = list.reduce((sum, { count }) => sum + count, 0)
  return list.reduce((sum, bin) => sum + (bin.count / rows) * Math.abs(bin.accuracy - bin.confidence), 0)
}

/** Mean and deviation of the error of bins whose hits are binomial: each bin's |k / n − c|, its weights summed one by one. */
function byChance(list: readonly Bin[]): { mean: number; deviation: number } {
  const rows = list.reduce((sum, { count }) => sum + count, 0)
  let [total, variance] = [0, 0]
  for (const { count, confidence } of list) {
    if (count === 0) continue
    let [first, second] = [0, 0]
    // the logarithm of the weight of k hits, from that of k − 1
    let log = count * Math.log1p(-confidence)
    for (let k = 0; k <= count; k++) {
      if (k > 0) log += Math.log((count - k + 1) / k) + Math.log(confidence) - Math.log1p(-confidence)
      const gap = Math.abs(k / count - confidence)
      first += Math.exp(log) * gap
      second += Math.exp(log) * gap * gap
    }
    total += (count / rows) * first
    variance += (count / rows) ** 2 * (second - first * first)
  }
  return { mean: total, deviation: Math.sqrt(variance) }
}

function riskCoverage(sorted: readonly { confidence: number; predicted: number; label: number }[]) {
  const surest = [...sorted].sort((a, b) => b.confidence - a.confidence)
  let wrong = 0
  const points = surest.map(({ predicted, label }, i) => {
    if (predicted !== label) wrong++
    return { coverage: (i + 1) / surest.length, risk: wrong / (i + 1) }
  })
  const step = Math.max(1, Math.floor(points.length / 100))
  const curve = points.filter((_, i) => (i + 1) % step === 0 || i === points.length - 1)
  return { aurc: mean(points.map(({ risk }) => risk)), curve }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

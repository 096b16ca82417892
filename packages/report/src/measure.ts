/** From logits and labels to everything a report shows: the one way in which the command and the page judge a model. */
import type { SetSizes } from '@onesum/charts'
import { evaluateSets, fitConformal, fitTemperature, foldsOf, nllCurve } from 'onesum/calibration'
import { Evaluation, type Metrics } from 'onesum/metrics'
import type { Calibration, FileNames, ReportInput } from './input.ts'
import { type Chosen, chooseRows, type LabelledScores, roomFor, type ScoreArray, takeRows, temper } from './rows.ts'

/** Options of a measurement. */
export interface MeasureOptions {
  /** Rows and classes. */
  shape: readonly [rows: number, classes: number]
  /** What the scores are; left out, they are logits, and refused where they look like probabilities. */
  from?: 'logits' | 'probabilities'
  /** How many folds; by default 2. */
  folds?: number
  /** Of the folds and of the bootstrap; by default 1. */
  seed?: number
  /** How many bootstrap replicates give intervals; by default 200. */
  bootstrap?: number
  /** How many reliability bins; by default 15. */
  bins?: number
  /** Leaves out, and counts, rows that have no softmax, instead of refusing them. */
  skipUndefined?: boolean
  /** What was measured, such as the name of a file. */
  title: string
  classNames?: readonly string[]
  files?: FileNames
  /** Told the part that is done, from 0 to 1. */
  onProgress?: (done: number) => void
  /** Ends the measurement between two steps. */
  signal?: AbortSignal
}

/** How often prediction sets are to hold the true class. */
const COVERAGE = 0.9

/** The most confidently wrong rows that are kept. */
const WORST = 20

/** Entries of the rows that are evaluated at a time. */
const BLOCK = 1 << 20

/** Temperatures of the loss curve, and how many are enough where a pass over the rows is long. */
const POINTS = 41
const FEWER_POINTS = 11
const MANY_ENTRIES = 1e7

/**
 * Measures a model as it is and after a temperature, in which no row is judged by a fit that has seen it.
 *
 * `before` is over all rows. `after` is cross-fitted: rows are dealt into folds by class and by the seed, and each fold is
 * divided by the temperature fitted on the others. The sets of a row come from its fold's temperature and from a threshold
 * of other rows of its fold, so that no row has a part in its own. Memory: the rows of the other folds at a time.
 *
 * @param scores logits (or probabilities, with `from`), row by row
 * @param labels the true class of each row
 * @param options `shape` and `title`; `from`, `folds` (default 2), `seed` (default 1), `bootstrap` (default 200), `bins`
 *   (default 15), `skipUndefined`, `classNames`, `files`, `onProgress`, `signal`
 * @returns what `renderReport` and `assess` take
 * @throws RangeError that names the row, as `evaluate` and `fitTemperature` do; the signal's reason where it was aborted
 */
export async function measure(
  scores: ScoreArray,
  labels: ArrayLike<number>,
  { title, classNames, files, onProgress, signal, ...options }: MeasureOptions,
): Promise<ReportInput> {
  const data: LabelledScores = { scores, labels: Int32Array.from(labels), ...options }
  const step = async (done: number) => {
    onProgress?.(done)
    await new Promise((resolve) => setTimeout(resolve))
    signal?.throwIfAborted()
  }
  await step(0)
  const before = await evaluateBlocks(data, undefined, options, (part) => step(0.3 * part))
  const chosen = chooseRows(data)
  const folded = await crossFitted(chosen, options, (part) => step(0.3 + 0.3 * part))
  const after = await evaluateBlocks(data, folded.byRow, options, (part) => step(0.6 + 0.3 * part))
  const calibration = calibrationOf(chosen, folded)
  await step(0.97)
  const sets = setsOf(chosen, folded)
  await step(1)
  return {
    title,
    ...(classNames && { classNames }),
    before,
    after,
    calibration,
    ...(sets && { sets }),
    ...(options.from === 'probabilities' && { from: options.from }),
    ...(files && { files }),
  }
}

type Step = (part: number) => Promise<void>
type Settings = Pick<MeasureOptions, 'bins' | 'bootstrap' | 'folds' | 'seed'>

/** Metrics over all rows, as they are or divided by their own temperatures. */
async function evaluateBlocks(
  data: LabelledScores,
  temperatures: Float64Array | undefined,
  { bins, bootstrap = 200, seed = 1 }: Settings,
  step: Step,
): Promise<Metrics> {
  const [rows, classes] = data.shape
  const { from, skipUndefined } = data
  const evaluation = new Evaluation({
    ...(temperatures ? { from: 'logits' as const } : from && { from }),
    ...(skipUndefined && { skipUndefined }),
    ...(bins !== undefined && { bins }),
    bootstrap,
    seed,
    auc: 'exact',
    worst: WORST,
    topK: [1, 3, 5].filter((k) => k <= classes),
  })
  const most = Math.max(1, Math.floor(BLOCK / classes))
  const tempered = new Float64Array(temperatures ? Math.min(most, rows) * classes : 0)
  for (let first = 0; first < rows; first += most) {
    const end = Math.min(rows, first + most)
    const block = temperatures
      ? temper(data, temperatures, first, end, tempered)
      : data.scores.subarray(first * classes, end * classes)
    evaluation.add(block, data.labels.subarray(first, end), { shape: [end - first, classes] })
    await step(end / rows)
  }
  return evaluation.result()
}

/** The temperature of all rows, and those of the folds. */
interface Folded {
  all: ReturnType<typeof fitTemperature>
  byFold: ReturnType<typeof fitTemperature>[]
  /** The half of a fold that each row is in: folds × 2, of which g and g + folds make fold g. */
  half: Int32Array
  /** By row of the whole, the temperature that it is judged by. */
  byRow: Float64Array
  /** Memory for copies of rows, to be used again. */
  room: ScoreArray
  seed: number
}

async function crossFitted(chosen: Chosen, { folds = 2, seed = 1 }: Settings, step: Step): Promise<Folded> {
  const all = fitTemperature(chosen.scores, chosen.labels, fitOptions(chosen))
  await step(1 / (folds + 1))
  // a deal into twice as many folds has the same folds in halves
  const half = foldsOf(chosen.labels, { folds: 2 * folds, seed })
  const byFold: Folded['byFold'] = []
  // a fold has at most one row less than its share
  const room = roomFor(chosen, Math.ceil((half.length * (folds - 1)) / folds + 1) * chosen.shape[1])
  for (let fold = 0; fold < folds; fold++) {
    const rest = takeRows(chosen, (row) => half[row] % folds !== fold, room)
    if (new Set(rest.labels).size < 2) {
      throw new RangeError(
        `measure: "labels" expected rows of at least two classes outside each of ${folds} folds, got too few; label more rows`,
      )
    }
    byFold.push(fitTemperature(rest.scores, rest.labels, fitOptions(rest)))
    await step((fold + 2) / (folds + 1))
  }
  const byRow = new Float64Array(chosen.total).fill(all.temperature)
  for (let i = 0; i < half.length; i++) byRow[chosen.origin(i)] = byFold[half[i] % folds].temperature
  return { all, byFold, half, byRow, room, seed }
}

function calibrationOf(chosen: Chosen, { all, byFold, seed }: Folded): Calibration {
  const points = chosen.scores.length > MANY_ENTRIES ? FEWER_POINTS : POINTS
  // from a tenth to ten, and what was found among them
  const temperatures = Array.from({ length: points }, (_, i) => 10 ** ((2 * i) / (points - 1) - 1))
  if (all.bound === null) temperatures.push(all.temperature)
  temperatures.sort((a, b) => a - b)
  const losses = nllCurve(chosen.scores, chosen.labels, temperatures, fitOptions(chosen))
  return {
    temperature: all.temperature,
    bound: all.bound,
    foldTemperatures: byFold.map(({ temperature }) => temperature),
    curve: temperatures.map((temperature, i) => ({ temperature, nll: losses[i] })),
    seed,
  }
}

/** Sizes of prediction sets; undefined where a half fold has rows of one class only, or too few for any threshold. */
function setsOf(chosen: Chosen, { byFold, half, room }: Folded): SetSizes | undefined {
  const folds = byFold.length
  const sizes: number[] = new Array(chosen.shape[1] + 1).fill(0)
  let held = 0
  for (const [fold, calibrator] of byFold.entries()) {
    let free = room
    const halves = [fold, fold + folds].map((own) => {
      const { scores, labels, shape } = takeRows(chosen, (row) => half[row] === own, free)
      free = free.subarray(scores.length)
      return { labels, shape, probabilities: calibrator.transform(scores, { shape, out: scores }) }
    })
    for (const [i, { probabilities, labels, shape }] of halves.entries()) {
      const other = halves[1 - i]
      if (new Set(other.labels).size < 2 || labels.length === 0) return undefined
      const options = { from: 'probabilities' as const, alpha: 1 - COVERAGE, shape: other.shape }
      const conformal = fitConformal(other.probabilities, other.labels, options)
      if (conformal.alwaysIncluded.length > 0) return undefined
      const report = evaluateSets(conformal.predictSets(probabilities, { shape }), labels)
      for (const [size, count] of report.sizes.entries()) sizes[size] += count
      held += report.coverage * report.rows
    }
  }
  return { sizes, target: COVERAGE, coverage: held / half.length }
}

function fitOptions({ shape, from }: Pick<Chosen, 'shape' | 'from'>): {
  shape: readonly number[]
  from?: 'logits' | 'probabilities'
} {
  return { shape, ...(from && { from }) }
}

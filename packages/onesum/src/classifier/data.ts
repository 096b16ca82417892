/** Features, labels and weights of a fit, checked and brought together. */
import { readInteger, show, wrongKind, wrongValue } from '../check.ts'
import type { Features, Targets } from '../kernels/linear.ts'
import { checkTotal, readFactors } from '../rows/factors.ts'
import { openTarget, readLabels } from '../rows/labels.ts'
import { type Elements, openNumbers, shapeOf } from '../rows/open.ts'
import type { Labels, Logits } from '../rows/types.ts'
import { elementAt, scalingOf } from './columns.ts'
import { type DataSettings, readNames } from './options.ts'

/** What the true classes are: indices or names, one per row, or a distribution per row. */
export type ClassLabels = Labels | readonly string[] | Logits

/** All that a fit learns from. */
export interface TrainingData {
  readonly features: Features
  readonly classes: number
  readonly targets: Targets
  /** Whether the targets are distributions, not labels. */
  readonly soft: boolean
  /** Σ of the rows' masses. */
  readonly total: number
  /** Each class's part of it. */
  readonly shares: Float64Array
  readonly classNames: readonly string[] | undefined
  readonly featureNames: readonly string[] | undefined
}

/** What the masses of rows may add up to: float32 holds each of them, and sums of their products with scaled features. */
const LEAST_MASS = 1e-30
const MOST_MASS = 1e30

export function openTraining(
  where: string,
  featuresLike: unknown,
  labels: unknown,
  settings: DataSettings,
): TrainingData {
  const { given } = settings
  const { elements, rows, columns } = openFeatures(where, featuresLike, given.shape)
  const featureNames = readNames(where, 'featureNames', given.featureNames, columns)
  const truth = openTruth(where, labels, rows, settings)
  const { classes } = truth
  const sample = readFactors(where, 'sampleWeight', given.sampleWeight, rows, 'row') ?? new Float64Array(rows).fill(1)
  const weight = classWeights(where, given.classWeight, truth, sample)
  const targets = masses(truth, sample, weight, settings.smoothing)
  const shares = new Float64Array(classes)
  let total = 0
  for (let row = 0; row < rows; row++) {
    total += targets.mass[row]
    eachShare(truth, row, (c, part) => {
      shares[c] += sample[row] * weight[c] * part
    })
  }
  if (total === 0) throw wrongValue(where, 'sampleWeight', 'some row of a positive weight', 'none')
  checkTotal(where, given.sampleWeight ? 'sampleWeight' : 'classWeight', total, LEAST_MASS, MOST_MASS)
  for (let c = 0; c < classes; c++) shares[c] /= total
  const scaling = scalingOf(where, elements, rows, columns, settings.standardize)
  const features = { elements, rows, columns, ...scaling }
  const soft = truth.distribution !== undefined
  return { features, classes, targets, soft, total, shares, classNames: truth.names, featureNames }
}

/** Features of a matrix: an array with a shape of two extents, or a tensor. */
export function openFeatures(
  where: string,
  value: unknown,
  option: unknown,
): { elements: Elements; rows: number; columns: number } {
  const operand = openNumbers(where, 'features', value, false)
  const shape = shapeOf(where, operand, option)
  if (shape.length !== 2) {
    throw wrongValue(where, 'shape', 'two extents, [rows, features]', `[${shape}]`, 'pass shape: [rows, features]')
  }
  const [rows, columns] = shape
  if (rows === 0 || columns === 0) throw wrongValue(where, 'shape', 'at least one row and one feature', `[${shape}]`)
  return { elements: operand.elements, rows, columns }
}

/** Labels beyond are taken for a mistake unless `classes` says that there are so many. */
const MOST_UNASKED = 2 ** 20

/** True classes: labels, or a distribution per row. */
interface Truth {
  readonly classes: number
  readonly labels: Int32Array
  readonly distribution: Elements | undefined
  readonly names: readonly string[] | undefined
}

function openTruth(where: string, value: unknown, rows: number, { given }: DataSettings): Truth {
  const named = readNames(where, 'classNames', given.classNames, undefined)
  if (Array.isArray(value) && value.some((label) => typeof label === 'string')) {
    return checkClasses(where, given.classes, fromNames(where, value, rows, named), named)
  }
  const { array, whole } = openTarget(where, 'labels', value)
  if (array.length === rows) {
    const asked = given.classes === undefined ? named?.length : readInteger(where, 'classes', given.classes, 1, 1, 1e9)
    const labels = readLabels(where, 'labels', array, asked ?? MOST_UNASKED, undefined)
    let most = 0
    for (let row = 0; row < rows; row++) most = Math.max(most, labels[row])
    const classes = asked ?? most + 1
    return checkClasses(where, given.classes, { classes, labels, distribution: undefined, names: named }, named)
  }
  if (whole || array.length === 0 || array.length % rows !== 0) {
    const expected = `${rows} classes, one per row, or a distribution per row`
    throw wrongValue(where, 'labels', expected, `${array.length} entries`)
  }
  const classes = array.length / rows
  const { elements } = openNumbers(where, 'labels', value, false)
  checkDistributions(where, elements, rows, classes)
  const truth = { classes, labels: new Int32Array(rows), distribution: elements, names: named }
  return checkClasses(where, given.classes, truth, named)
}

function checkClasses(where: string, asked: unknown, truth: Truth, names: readonly string[] | undefined): Truth {
  readInteger(where, 'classes', asked, truth.classes, 1, 1e9)
  if (asked !== undefined && asked !== truth.classes) {
    throw wrongValue(where, 'classes', `${truth.classes}, as the labels have`, show(asked))
  }
  readNames(where, 'classNames', names, truth.classes)
  return truth
}

function fromNames(
  where: string,
  value: readonly unknown[],
  rows: number,
  given: readonly string[] | undefined,
): Truth {
  if (value.length !== rows)
    throw wrongValue(where, 'labels', `${rows} classes, one per row`, `${value.length} entries`)
  const stray = value.findIndex((label) => typeof label !== 'string')
  if (stray >= 0) throw wrongKind(where, 'labels', 'names of classes', `${show(value[stray])} in row ${stray}`)
  const names = given ?? [...new Set(value as string[])].sort()
  const indices = new Map(names.map((name, i) => [name, i]))
  const labels = new Int32Array(rows)
  for (let row = 0; row < rows; row++) {
    const index = indices.get(value[row] as string)
    if (index === undefined) {
      throw wrongValue(where, 'labels', 'names that are in classNames', `${show(value[row])} in row ${row}`)
    }
    labels[row] = index
  }
  return { classes: names.length, labels, distribution: undefined, names }
}

function checkDistributions(where: string, elements: Elements, rows: number, classes: number): void {
  const expected = 'a distribution in each row (entries >= 0 that sum to 1)'
  for (let row = 0; row < rows; row++) {
    let sum = 0
    for (let c = 0; c < classes; c++) {
      const p = elementAt(elements, row * classes + c)
      if (!(p >= 0)) throw wrongValue(where, 'labels', expected, `${p} for class ${c} in row ${row}`)
      sum += p
    }
    if (!(Math.abs(sum - 1) <= 1e-3)) throw wrongValue(where, 'labels', expected, `the sum ${sum} in row ${row}`)
  }
}

/** A row's classes and the part of each, those of part 0 left out. */
function eachShare(
  { labels, distribution, classes }: Truth,
  row: number,
  visit: (c: number, part: number) => void,
): void {
  if (!distribution) {
    visit(labels[row], 1)
    return
  }
  for (let c = 0; c < classes; c++) {
    const part = elementAt(distribution, row * classes + c)
    if (part > 0) visit(c, part)
  }
}

function classWeights(where: string, value: unknown, truth: Truth, sample: Float64Array): Float64Array {
  const { classes } = truth
  if (typeof value !== 'string') {
    return readFactors(where, 'classWeight', value, classes, 'class') ?? new Float64Array(classes).fill(1)
  }
  if (value !== 'balanced') throw wrongValue(where, 'classWeight', "'balanced', or one number per class", show(value))
  const counts = new Float64Array(classes)
  for (let row = 0; row < sample.length; row++) {
    eachShare(truth, row, (c, part) => {
      counts[c] += sample[row] * part
    })
  }
  const present = counts.filter((count) => count > 0).length
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (count > 0 ? total / (present * count) : 1))
}

/** Class weights and smoothing become masses, as in cross-entropy. */
function masses(truth: Truth, sample: Float64Array, weight: Float64Array, smoothing: number): Targets {
  const { labels, distribution, classes } = truth
  const rows = sample.length
  const even = smoothing / classes
  const base = even * weight.reduce((sum, each) => sum + each, 0)
  const own = new Float64Array(rows)
  const mass = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    let whole = 0
    eachShare(truth, row, (c, part) => {
      whole += weight[c] * part
    })
    mass[row] = sample[row] * ((1 - smoothing) * whole + base)
    if (!distribution) own[row] = sample[row] * (1 - smoothing) * whole
  }
  if (!distribution && smoothing === 0) return { labels, mass, own }
  const spread = (row: number, to: Float64Array) => {
    for (let c = 0; c < classes; c++) {
      const part = distribution ? (1 - smoothing) * elementAt(distribution, row * classes + c) : 0
      to[c] = sample[row] * weight[c] * (part + even)
    }
  }
  return { labels, mass, own, spread }
}

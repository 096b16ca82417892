/** Calibration of a classifier on rows that it was not trained on. */
import { fitTemperature } from '../calibration/temperature.ts'
import { wrongKind, wrongValue } from '../check.ts'
import { permutation } from '../random.ts'
import { elementAt } from './columns.ts'
import type { TrainingData } from './data.ts'
import type { Model } from './model.ts'
import { SoftmaxClassifier } from './softmax-classifier.ts'

/** The split has draws of its own. */
const SPLIT_STREAM = 8

/** The rows to train on and those held out, each in ascending order. */
export function splitOf(rows: number, part: number, seed: number): { training: Int32Array; held: Int32Array } {
  const count = Math.min(rows - 1, Math.round(part * rows))
  if (count === 0) return { training: Int32Array.from({ length: rows }, (_, row) => row), held: new Int32Array(0) }
  const order = permutation(rows, seed, SPLIT_STREAM)
  return { training: order.slice(count).sort(), held: order.slice(0, count).sort() }
}

/** Refuses what cannot be calibrated on. */
export function checkHeldOut(where: string, { targets, soft }: TrainingData, held: Int32Array): void {
  if (soft) throw wrongKind(where, 'calibrate', 'labels', 'distributions', 'calibrate on labels apart')
  const classes = new Set(Array.from(held, (row) => targets.labels[row])).size
  if (classes < 2) {
    throw wrongValue(where, 'heldOut', 'a part with rows of two classes or more', `rows of ${classes}`)
  }
}

/** The model with the temperature that suits the held-out rows. */
export function calibrated(model: Model, { features, targets }: TrainingData, held: Int32Array): Model {
  const { elements, columns } = features
  const rows = new Float64Array(held.length * columns)
  for (let i = 0; i < rows.length; i++) {
    rows[i] = elementAt(elements, held[Math.floor(i / columns)] * columns + (i % columns))
  }
  const logits = new SoftmaxClassifier(model).logits(rows, { shape: [held.length, columns] })
  const labels = Int32Array.from(held, (row) => targets.labels[row])
  const { temperature } = fitTemperature(logits, labels, { shape: [held.length, model.classes], from: 'logits' })
  return { ...model, temperature }
}

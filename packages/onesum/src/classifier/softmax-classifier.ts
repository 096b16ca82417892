/** A trained classifier: what it knows, what it says of new rows, and how it travels. */

import { softmax } from '../activations/softmax.ts'
import { readInteger, readOptions, show, wrongKind, wrongValue } from '../check.ts'
import { logitsOf } from '../kernels/prediction.ts'
import { toHalf } from '../rows/float16.ts'
import { type Elements, freshArray, type Operand, openNumbers, shapeOf, typeOf } from '../rows/open.ts'
import { wrap } from '../rows/output.ts'
import type { ArrayResult, Logits } from '../rows/types.ts'
import { elementAt } from './columns.ts'
import { readModel, writeModel } from './json.ts'
import { Model } from './model.ts'

export interface RowsOptions {
  /** [rows, features], or [features] for one row; by default one row, or a tensor's own. */
  shape?: readonly number[]
}

/** How much one feature spoke for a class. */
export interface Contribution {
  /** The feature's index, and its name where the classifier has names. */
  feature: number
  name: string | undefined
  value: number
  /** What it adds to the class's logit, compared with the mean over classes. */
  contribution: number
}

/**
 * A softmax classifier: logits `z = W x + b`, of the features or of what hidden layers make of them; probabilities
 * `softmax(z)`.
 *
 * Made by `fitClassifier` or `classifierFromJSON`. Computes in float64, so that it says the same bits after it was saved
 * and loaded.
 *
 * @example
 * import { fitClassifier } from 'onesum/classifier'
 *
 * const classifier = fitClassifier([0, 1, 4, 5], [0, 0, 1, 1], { shape: [4, 1] })
 * classifier.predict([0.5, 4.5], { shape: [2, 1] }) // → Int32Array [0, 1]
 */
export class SoftmaxClassifier extends Model {
  /**
   * The logits of some rows, `W x + b`.
   *
   * @param features rows of features: an array or a tensor
   * @param options `shape`: [rows, features], by default one row
   * @returns rows × classes, in the kind that came in
   * @throws RangeError where rows have another number of features
   */
  logits<A extends Logits>(features: A, options?: RowsOptions): ArrayResult<A> {
    const call = this.#open('logits', features, options)
    return this.#close(call, this.#logits(call)) as ArrayResult<A>
  }

  /** The probabilities of some rows, `softmax((W x + b) / temperature)`; takes and gives what `logits` does. */
  predictProbabilities<A extends Logits>(features: A, options?: RowsOptions): ArrayResult<A> {
    const call = this.#open('predictProbabilities', features, options)
    const shape = [call.rows, this.classes]
    return this.#close(call, softmax(this.#logits(call), { shape, temperature: this.temperature })) as ArrayResult<A>
  }

  /** The most probable class of each row, the lowest among equals; a row that holds NaN has none: RangeError. */
  predict(features: Logits, options?: RowsOptions): Int32Array<ArrayBuffer> {
    const call = this.#open('predict', features, options)
    const logits = this.#logits(call)
    const labels = new Int32Array(call.rows)
    const { classes } = this
    for (let row = 0; row < labels.length; row++) {
      let top = 0
      for (let c = 0; c < classes; c++) {
        const z = logits[row * classes + c]
        if (Number.isNaN(z)) throw wrongValue(call.where, 'features', 'numbers', `a row without logits, row ${row}`)
        if (z > logits[row * classes + top]) top = c
      }
      labels[row] = top
    }
    return labels
  }

  /**
   * Which features of a row spoke for a class: what each adds to the class's logit, compared with the mean over classes.
   *
   *     contribution_j = (w_cj − mean_k w_kj) · x_j
   *
   * With the intercept they sum to the class's logit less the mean logit of the row.
   *
   * @param row the features of one row
   * @param of the class: an index, or a name
   * @returns the features by magnitude, the largest first
   */
  contributions(row: Logits, of: number | string): Contribution[] {
    const where = 'SoftmaxClassifier.contributions'
    if (this.hidden.length > 0) {
      throw wrongKind(where, 'classifier', 'a linear classifier', `one with ${this.hidden.length} hidden layers`)
    }
    const c = this.#classOf(where, of)
    const { elements, rows } = this.#open('contributions', row, undefined)
    if (rows !== 1) throw wrongValue(where, 'features', 'one row', `${rows} rows`)
    const { features, classes, weights } = this
    const found = Array.from({ length: features }, (_, j): Contribution => {
      let mean = 0
      for (let k = 0; k < classes; k++) mean += weights[k * features + j] / classes
      const value = elementAt(elements, j)
      const contribution = (weights[c * features + j] - mean) * value
      return { feature: j, name: this.featureNames?.[j], value, contribution }
    })
    return found.sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution) || a.feature - b.feature)
  }

  /** The classifier as plain data, for `classifierFromJSON`. */
  toJSON(): Record<string, unknown> {
    return writeModel(this)
  }

  #classOf(where: string, of: number | string): number {
    if (typeof of !== 'string') return readInteger(where, 'of', of, undefined, 0, this.classes - 1)
    const index = this.classNames?.indexOf(of) ?? -1
    if (index < 0) throw wrongValue(where, 'of', 'the name of a class', show(of))
    return index
  }

  #open(name: string, features: Logits, given: RowsOptions | undefined): Call {
    const where = `SoftmaxClassifier.${name}`
    const { shape: option } = readOptions(where, given, ['shape'])
    const operand = openNumbers(where, 'features', features, false)
    const shape = shapeOf(where, operand, option)
    const columns = shape.at(-1)
    if (shape.length > 2 || columns !== this.features) {
      const remedy = shape.length < 2 ? 'pass shape: [rows, features]' : undefined
      throw wrongValue(where, 'features', `rows of ${this.features} features`, `the shape [${shape}]`, remedy)
    }
    return { where, operand, elements: operand.elements, shape, rows: shape.length === 2 ? shape[0] : 1 }
  }

  #logits({ elements, rows }: Call): Float64Array<ArrayBuffer> {
    const { classes, features, hidden, activation, weights, bias } = this
    return logitsOf([...hidden, { units: classes, weights, bias }], activation, elements, rows, features)
  }

  #close({ operand, shape }: Call, values: Float64Array): object {
    const { elements, array } = freshArray(operand.form, values.length)
    const half = elements instanceof Uint16Array
    for (let i = 0; i < values.length; i++) elements[i] = half ? toHalf(values[i]) : values[i]
    return wrap(array, operand.tensor, [...shape.slice(0, -1), this.classes], typeOf(operand.form))
  }
}

/** Rows for a classifier, opened. */
interface Call {
  readonly where: string
  readonly operand: Operand
  readonly elements: Elements
  readonly shape: readonly number[]
  readonly rows: number
}

/**
 * The classifier that `toJSON` described; it predicts the same bits as the one that was saved.
 *
 * @param json what `toJSON` gave, parsed
 * @throws RangeError for another version or other dimensions, TypeError for what no classifier wrote
 * @example
 * import { classifierFromJSON, fitClassifier } from 'onesum/classifier'
 *
 * const classifier = fitClassifier([0, 1, 4, 5], [0, 0, 1, 1], { shape: [4, 1] })
 * classifierFromJSON(JSON.parse(JSON.stringify(classifier))).predict([4.5]) // → Int32Array [1]
 */
export function classifierFromJSON(json: unknown): SoftmaxClassifier {
  return new SoftmaxClassifier(readModel('classifierFromJSON', json))
}

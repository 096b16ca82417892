/** What a training has learned, for features as they are given. */
import type { ActivationName } from '../../kernels/js/elementwise.ts'
import { largest } from '../../kernels/js/vectors.ts'
import type { Features } from '../../kernels/linear.ts'
import type { TrainingData } from '../data.ts'
import type { HiddenLayer, Model } from '../model.ts'
import type { Layer } from './layers.ts'
import type { TrainerState } from './trainer.ts'

/** The model of some weights, one array for each of the layers. */
export function trainedModel(
  { features, classes, classNames, featureNames }: TrainingData,
  layers: readonly Layer[],
  weights: readonly Float64Array[],
  activation: ActivationName,
  state: TrainerState,
): Model {
  const dense = layers.map((layer, i) => denseLayer(layer, weights[i]))
  dense[0] = unscaled(dense[0], features)
  const last = dense[dense.length - 1]
  return {
    classes,
    features: features.columns,
    weights: last.weights,
    bias: last.bias,
    hidden: dense.slice(0, -1),
    activation,
    temperature: 1,
    classNames,
    featureNames,
    objective: state.loss,
    gradientNorm: Math.max(...layers.map(({ gradient }) => largest(gradient))),
    iterations: state.steps,
    evaluations: state.epoch,
    converged: state.reason === 'heldOut',
    reason: state.reason ?? 'running',
    l2: 0,
  }
}

/** Weights and intercepts, each by itself. */
function denseLayer({ inputs, units, columns }: Layer, taken: Float64Array): HiddenLayer {
  const weights = new Float64Array(units * inputs)
  const bias = new Float64Array(units)
  for (let unit = 0; unit < units; unit++) {
    weights.set(taken.subarray(unit * columns, unit * columns + inputs), unit * inputs)
    bias[unit] = taken[unit * columns + inputs]
  }
  return { units, weights, bias }
}

/** The first layer saw (x − centre) · factor of the columns taken. */
function unscaled({ units, weights, bias }: HiddenLayer, { columns, taken, centre, factor }: Features): HiddenLayer {
  const own = new Float64Array(units * columns)
  for (let unit = 0; unit < units; unit++) {
    for (let k = 0; k < taken.length; k++) {
      const j = taken[k]
      const weight = weights[unit * taken.length + k] * factor[j]
      own[unit * columns + j] = weight
      bias[unit] -= weight * centre[j]
    }
  }
  return { units, weights: own, bias }
}

/** A classifier as JSON, and back: a version, and every field checked. */
import {
  decodeNumber,
  encodeNumber,
  readFlag,
  readInteger,
  readNumber,
  readVersion,
  show,
  wrongKind,
  wrongValue,
} from '../check.ts'
import type { HiddenLayer, Model } from './model.ts'
import { readActivation } from './network/options.ts'
import { readNames } from './options.ts'

const VERSION = 1

export function writeModel(model: Model): Record<string, unknown> {
  const { classes, features, weights, bias, hidden, activation, temperature, classNames, featureNames } = model
  const { objective, gradientNorm, iterations, evaluations, converged, reason, l2 } = model
  return {
    version: VERSION,
    kind: 'softmax classifier',
    classes,
    features,
    weights: Array.from(weights, encodeNumber),
    bias: Array.from(bias, encodeNumber),
    ...(hidden.length > 0 && { activation, hidden: hidden.map(writeLayer) }),
    ...(temperature !== 1 && { temperature }),
    ...(classNames && { classNames }),
    ...(featureNames && { featureNames }),
    fit: {
      objective: encodeNumber(objective),
      gradientNorm: encodeNumber(gradientNorm),
      iterations,
      evaluations,
      converged,
      reason,
      l2,
    },
  }
}

const writeLayer = ({ units, weights, bias }: HiddenLayer) => ({
  units,
  weights: Array.from(weights, encodeNumber),
  bias: Array.from(bias, encodeNumber),
})

export function readModel(where: string, json: unknown): Model {
  const fields = readVersion(where, json, VERSION)
  if (fields.kind !== 'softmax classifier') {
    throw wrongValue(where, 'kind', "'softmax classifier'", show(fields.kind))
  }
  const classes = readInteger(where, 'classes', fields.classes, undefined, 1, Infinity)
  const features = readInteger(where, 'features', fields.features, undefined, 1, Infinity)
  // a network has both of these fields, a linear classifier neither
  const layered = fields.hidden !== undefined || fields.activation !== undefined
  const hidden = layered ? readLayers(where, fields.hidden, features) : []
  const inputs = hidden.at(-1)?.units ?? features
  return {
    classes,
    features,
    hidden,
    activation: layered ? readActivation(where, written(where, 'activation', fields.activation)) : 'identity',
    temperature: readNumber(where, 'temperature', fields.temperature, 1, 0, Infinity),
    weights: readNumbers(where, 'weights', fields.weights, classes * inputs),
    bias: readNumbers(where, 'bias', fields.bias, classes),
    classNames: readNames(where, 'classNames', fields.classNames, classes),
    featureNames: readNames(where, 'featureNames', fields.featureNames, features),
    ...readFit(where, fields.fit),
  }
}

function readLayers(where: string, value: unknown, features: number): HiddenLayer[] {
  if (!Array.isArray(value)) throw wrongKind(where, 'hidden', 'an array of layers', show(value))
  let inputs = features
  return value.map((each) => {
    const fields = Object(each) as Record<string, unknown>
    const units = readInteger(where, 'units', fields.units, undefined, 1, Infinity)
    const weights = readNumbers(where, 'weights', fields.weights, units * inputs)
    const bias = readNumbers(where, 'bias', fields.bias, units)
    inputs = units
    return { units, weights, bias }
  })
}

/** A field that toJSON always writes: where it is missing, the file is damaged, and no default stands for it. */
function written(where: string, name: string, value: unknown): unknown {
  if (value === undefined) throw wrongKind(where, name, 'what toJSON wrote', 'nothing')
  return value
}

function readNumbers(where: string, name: string, value: unknown, length: number): Float64Array<ArrayBuffer> {
  if (!Array.isArray(value)) throw wrongKind(where, name, `an array of ${length} numbers`, show(value))
  if (value.length !== length) throw wrongValue(where, name, `${length} numbers`, String(value.length))
  return Float64Array.from(value, (each) => decodeNumber(where, name, each))
}

/** How the classifier came about. */
function readFit(
  where: string,
  value: unknown,
): Pick<Model, 'objective' | 'gradientNorm' | 'iterations' | 'evaluations' | 'converged' | 'reason' | 'l2'> {
  if (typeof value !== 'object' || value === null)
    throw wrongKind(where, 'fit', 'an object that toJSON made', show(value))
  const fields = value as Record<string, unknown>
  if (typeof fields.reason !== 'string') throw wrongKind(where, 'reason', 'a word', show(fields.reason))
  return {
    objective: decodeNumber(where, 'objective', fields.objective),
    gradientNorm: decodeNumber(where, 'gradientNorm', fields.gradientNorm),
    iterations: readInteger(where, 'iterations', fields.iterations, undefined, 0, Infinity),
    evaluations: readInteger(where, 'evaluations', fields.evaluations, undefined, 0, Infinity),
    converged: readFlag(where, 'converged', written(where, 'converged', fields.converged)),
    reason: fields.reason,
    l2: decodeNumber(where, 'l2', fields.l2),
  }
}

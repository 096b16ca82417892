/** A classifier as JSON, and back: a version, and every field checked. */
import {
  decodeNumber,
  encodeNumber,
  readFlag,
  readInteger,
  readVersion,
  show,
  wrongKind,
  wrongValue,
} from '../check.ts'
import type { FitReport, Model } from './model.ts'
import { readNames } from './options.ts'

const VERSION = 1

export function writeModel({
  classes,
  features,
  weights,
  bias,
  classNames,
  featureNames,
  report,
}: Model): Record<string, unknown> {
  const { objective, gradientNorm, iterations, evaluations, converged, reason, l2 } = report
  return {
    version: VERSION,
    kind: 'softmax classifier',
    classes,
    features,
    weights: Array.from(weights, encodeNumber),
    bias: Array.from(bias, encodeNumber),
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

export function readModel(where: string, json: unknown): Model {
  const fields = readVersion(where, json, VERSION)
  if (fields.kind !== 'softmax classifier') {
    throw wrongValue(where, 'kind', "'softmax classifier'", show(fields.kind))
  }
  const classes = readInteger(where, 'classes', fields.classes, undefined, 1, Infinity)
  const features = readInteger(where, 'features', fields.features, undefined, 1, Infinity)
  return {
    classes,
    features,
    weights: readNumbers(where, 'weights', fields.weights, classes * features),
    bias: readNumbers(where, 'bias', fields.bias, classes),
    classNames: readNames(where, 'classNames', fields.classNames, classes),
    featureNames: readNames(where, 'featureNames', fields.featureNames, features),
    report: readReport(where, fields.fit),
  }
}

function readNumbers(where: string, name: string, value: unknown, length: number): Float64Array<ArrayBuffer> {
  if (!Array.isArray(value)) throw wrongKind(where, name, `an array of ${length} numbers`, show(value))
  if (value.length !== length) throw wrongValue(where, name, `${length} numbers`, String(value.length))
  return Float64Array.from(value, (each) => decodeNumber(where, name, each))
}

function readReport(where: string, value: unknown): FitReport {
  if (typeof value !== 'object' || value === null)
    throw wrongKind(where, 'fit', 'an object that toJSON made', show(value))
  const fields = value as Record<string, unknown>
  if (typeof fields.reason !== 'string') throw wrongKind(where, 'reason', 'a word', show(fields.reason))
  return {
    objective: decodeNumber(where, 'objective', fields.objective),
    gradientNorm: decodeNumber(where, 'gradientNorm', fields.gradientNorm),
    iterations: readInteger(where, 'iterations', fields.iterations, undefined, 0, Infinity),
    evaluations: readInteger(where, 'evaluations', fields.evaluations, undefined, 0, Infinity),
    converged: readFlag(where, 'converged', fields.converged),
    reason: fields.reason,
    l2: decodeNumber(where, 'l2', fields.l2),
  }
}

/** Saved conformal predictors, read back. */
import {
  decodeNumber,
  readChoice,
  readFlag,
  readInteger,
  readNumber,
  readVersion,
  show,
  wrongKind,
  wrongValue,
} from '../check.ts'
import { readCommon } from './calibrator.ts'
import { ConformalPredictor } from './conformal.ts'
import { SCORES } from './conformal-scores.ts'
import { readSeed } from './folds.ts'

/**
 * The predictor that `toJSON` described.
 *
 * @param json what `JSON.parse` gave
 * @throws TypeError or RangeError that names the field, for another version or what is missing or wrong
 * @example
 * import { conformalFromJSON, fitConformal } from 'onesum/calibration'
 *
 * const fitted = fitConformal([2, 0, 0, 2], [0, 1], { shape: [2, 2] })
 * conformalFromJSON(JSON.parse(JSON.stringify(fitted))).alwaysIncluded // → [0, 1]
 */
export function conformalFromJSON(json: unknown): ConformalPredictor {
  const where = 'conformalFromJSON'
  const fields = readVersion(where, json, 1)
  const { from, classes } = readCommon(where, fields)
  const list = (name: string): unknown[] => {
    const value = fields[name]
    if (!Array.isArray(value)) throw wrongKind(where, name, 'an array', show(value))
    if (value.length === 1 || value.length === classes) return value
    throw wrongValue(where, name, `1 or ${classes} entries`, String(value.length))
  }
  const thresholds = Float64Array.from(list('thresholds'), (value) => decodeNumber(where, 'thresholds', value))
  const bad = thresholds.findIndex(Number.isNaN)
  if (bad >= 0) throw wrongValue(where, 'thresholds', 'numbers', `NaN at index ${bad}`)
  const count = (value: unknown) => readInteger(where, 'rows', value, undefined, 0, Infinity)
  const given = (name: string) => fields[name] ?? null
  return new ConformalPredictor({
    from,
    classes,
    alpha: readNumber(where, 'alpha', given('alpha'), 0, 0, 1),
    score: readChoice(where, 'score', given('score'), SCORES),
    randomize: readFlag(where, 'randomize', given('randomize')),
    seed: readSeed(where, given('seed'), 0),
    lambda: readNumber(where, 'lambda', given('lambda'), 0, 0, Number.MAX_VALUE),
    freeRanks: readInteger(where, 'freeRanks', given('freeRanks'), undefined, 0, Infinity),
    thresholds,
    rows: Int32Array.from(list('rows'), count),
  })
}

/** Saved calibrators, read back. */
import { readChoice, readVersion, show, wrongKind } from '../check.ts'
import type { From } from '../metrics/settings.ts'
import { type Calibrator, METHODS, type Method, readCommon, VERSION } from './calibrator.ts'
import { dirichletFrom } from './dirichlet.ts'
import { histogramFrom } from './histogram-binning.ts'
import { isotonicFrom } from './isotonic.ts'
import { plattFrom } from './platt.ts'
import { temperatureFrom } from './temperature.ts'
import { vectorFrom } from './vector-scaling.ts'

type Reader = (where: string, fields: Record<string, unknown>, from: From, classes: number) => Calibrator

const readers: Record<Method, Reader> = {
  temperature: temperatureFrom,
  vector: vectorFrom,
  dirichlet: dirichletFrom,
  isotonic: isotonicFrom,
  histogram: histogramFrom,
  platt: plattFrom,
}

/**
 * The calibrator that `toJSON` described: its `transform` gives the same bits.
 *
 * @param json what `JSON.parse` gave
 * @throws TypeError or RangeError that names the field, for another version, an unknown method, or what is missing, of the wrong
 *   kind or of another number of classes
 * @example
 * import { calibratorFromJSON, fitTemperature } from 'onesum/calibration'
 *
 * const fitted = fitTemperature([2, 0, 2, 0, 0, 2, 0, 2], [0, 0, 1, 0], { shape: [4, 2] })
 * calibratorFromJSON(JSON.parse(JSON.stringify(fitted))).transform([2, 0]) // → [0.75, 0.25]
 */
export function calibratorFromJSON(json: unknown): Calibrator {
  const where = 'calibratorFromJSON'
  const fields = readVersion(where, json, VERSION)
  if (fields.method === undefined) throw wrongKind(where, 'method', METHODS.join(', '), show(fields.method))
  const method = readChoice(where, 'method', fields.method, METHODS)
  const { from, classes } = readCommon(where, fields)
  return readers[method](where, fields, from, classes)
}

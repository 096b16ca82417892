/** The fits by their names, each with its defaults. */
import type { Calibrator, Method } from './calibrator.ts'
import { dirichletOf } from './dirichlet.ts'
import { histogramOf } from './histogram-binning.ts'
import { isotonicOf } from './isotonic.ts'
import type { LabelledRows } from './labelled.ts'
import { plattOf } from './platt.ts'
import { temperatureOf } from './temperature.ts'
import { vectorOf } from './vector-scaling.ts'

const fits: Record<Method, (data: LabelledRows) => Calibrator> = {
  temperature: temperatureOf,
  vector: (data) => vectorOf(data),
  dirichlet: (data) => dirichletOf(data),
  isotonic: isotonicOf,
  histogram: (data) => histogramOf(data),
  platt: plattOf,
}

/** Fits by a method with its defaults. */
export function fitBy(method: Method, data: LabelledRows): Calibrator {
  return fits[method](data)
}

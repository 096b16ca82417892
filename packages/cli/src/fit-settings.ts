import type { ActivationName, NetworkOptions, Progress, RegressionOptions } from 'onesum/classifier'
import { UsageError } from './errors.ts'

export const activationNames: readonly ActivationName[] = [
  'relu',
  'leakyRelu',
  'elu',
  'gelu',
  'silu',
  'softplus',
  'sigmoid',
  'tanh',
]

/** What a training is told, beyond its data. */
export interface FitSettings {
  l2?: number | 'auto'
  tolerance?: number
  maxIterations?: number
  hidden?: number[]
  activation?: ActivationName
  epochs?: number
  calibrate?: 'temperature'
}

/** How far a training is; without a total there is no telling how long it takes. */
export interface Stage {
  total: number | undefined
  done: number
  note: string
}

type Told<Options> = { options: Options; stage(progress: Progress): Stage }

const batchSize = 32
/** The part of the training's rows that is kept aside, to calibrate on and to tell a network when to stop. */
const heldOut = 0.1

/** How many of that many rows are kept aside, and for what; they take no part in the training itself. */
export function keptAside({ hidden, calibrate }: FitSettings, rows: number): { rows: number; what: string } {
  const purposes = [...(calibrate ? ['to calibrate on'] : []), ...(hidden ? ['to tell when to stop'] : [])]
  const aside = purposes.length === 0 ? 0 : Math.min(rows - 1, Math.round(heldOut * rows))
  return { rows: aside, what: purposes.join(' and ') }
}

/** Refuses options of the one kind of training beside those of the other. */
export function checkSettings(settings: FitSettings): void {
  const linear = settings.hidden === undefined
  const others = linear ? (['activation', 'epochs'] as const) : (['l2', 'tolerance', 'maxIterations'] as const)
  const given = others.find((name) => settings[name] !== undefined)
  if (given === undefined) return
  const option = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  throw new UsageError(
    linear
      ? `${option} belongs to networks, and there is no --hidden`
      : `${option} belongs to softmax regression, and --hidden asks for a network`,
  )
}

/** The options of softmax regression, for that many rows. */
export function regression(settings: FitSettings, rows: number): Told<RegressionOptions> {
  const { l2, tolerance, maxIterations, calibrate } = settings
  const learned = rows - keptAside(settings, rows).rows
  return {
    options: { l2, tolerance, maxIterations, ...(calibrate && { calibrate, heldOut }) },
    stage({ iterations, objective, fit, fits }) {
      if (fits > 1) return { total: fits, done: fit - 1, note: `fit ${fit} of ${fits}` }
      const note = `iteration ${iterations} | loss ${(objective / learned).toFixed(4)}`
      return { total: undefined, done: iterations, note }
    },
  }
}

/** The options of a network's training on that many rows. */
export function network(settings: FitSettings, rows: number): Told<NetworkOptions> {
  const { hidden = [], activation, epochs = 200, calibrate } = settings
  const perEpoch = Math.ceil((rows - keptAside(settings, rows).rows) / batchSize)
  const options = { hidden, activation, epochs, batchSize, heldOut, calibrate }
  return {
    options,
    stage({ iterations, objective }) {
      const epoch = Math.min(epochs, Math.ceil(iterations / perEpoch))
      const note = `epoch ${epoch}/${epochs} | loss ${objective.toFixed(4)}`
      return { total: epochs * perEpoch, done: iterations, note }
    },
  }
}

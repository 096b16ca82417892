/** A training as JSON, and back: what changes in it, every field checked. */
import { decodeNumber, encodeNumber, readInteger, readVersion, show, wrongKind, wrongValue } from '../../check.ts'
import type { Moments } from '../../kernels/network.ts'
import type { BestEpoch } from './best-epoch.ts'
import type { Layer } from './layers.ts'

const VERSION = 1
const KIND = 'classifier trainer'

/** How far a training is. */
export interface Tally {
  steps: number
  /** Losses of this epoch, summed over the rows seen, and how many those are. */
  sum: number
  seen: number
  heldOutLoss: number | undefined
}

export function writeTraining(
  seed: number,
  { steps, sum, seen, heldOutLoss }: Tally,
  layers: readonly Layer[],
  moments: readonly Moments[],
  best: BestEpoch,
): Record<string, unknown> {
  const list = (numbers: Float64Array) => Array.from(numbers, encodeNumber)
  return {
    version: VERSION,
    kind: KIND,
    seed,
    sizes: sizesOf(layers),
    steps,
    sum: encodeNumber(sum),
    seen,
    ...(heldOutLoss !== undefined && { heldOutLoss: encodeNumber(heldOutLoss) }),
    ...(best.found && { best: { epoch: best.found.epoch, loss: encodeNumber(best.found.loss) } }),
    layers: layers.map(({ weights }, i) => ({
      weights: list(weights),
      first: list(moments[i].first),
      second: list(moments[i].second),
      best: list(best.weights[i]),
    })),
  }
}

/** Restores layers, moments and the best epoch from what `writeTraining` gave for the same data and options. */
export function readTraining(
  where: string,
  json: unknown,
  seed: number,
  layers: readonly Layer[],
  moments: readonly Moments[],
  best: BestEpoch,
): Tally {
  const fields = readVersion(where, json, VERSION)
  if (fields.kind !== KIND) throw wrongValue(where, 'kind', `'${KIND}'`, show(fields.kind))
  if (fields.seed !== seed) throw wrongValue(where, 'seed', `${show(fields.seed)}, as it was saved`, String(seed))
  const [sizes, own] = [fields.sizes, sizesOf(layers)].map((each) =>
    Array.isArray(each) ? each.join(' - ') : show(each),
  )
  if (sizes !== own) throw wrongValue(where, 'hidden', `layers of ${sizes}, as they were saved`, own)
  const saved = fields.layers
  if (!Array.isArray(saved)) throw wrongKind(where, 'layers', 'an array that toJSON made', show(saved))
  if (saved.length !== layers.length) throw wrongValue(where, 'layers', String(layers.length), String(saved.length))
  const found = fields.best as { epoch?: unknown; loss?: unknown } | undefined
  best.found = found && {
    epoch: readInteger(where, 'best', found.epoch, undefined, 0, Infinity),
    loss: decodeNumber(where, 'best', found.loss),
  }
  for (const [i, { weights }] of layers.entries()) {
    const { first, second } = moments[i]
    fill(where, saved[i], { weights, first, second, best: best.weights[i] })
  }
  const { heldOutLoss } = fields
  return {
    steps: readInteger(where, 'steps', fields.steps, undefined, 0, Infinity),
    sum: decodeNumber(where, 'sum', fields.sum),
    seen: readInteger(where, 'seen', fields.seen, undefined, 0, Infinity),
    heldOutLoss: heldOutLoss === undefined ? undefined : decodeNumber(where, 'heldOutLoss', heldOutLoss),
  }
}

/** Features taken, units of each hidden layer, classes. */
const sizesOf = (layers: readonly Layer[]): number[] => [layers[0].inputs, ...layers.map(({ units }) => units)]

/** Fills arrays from the lists of the same names, which must be as long. */
function fill(where: string, saved: unknown, arrays: Record<string, Float64Array>): void {
  for (const [name, array] of Object.entries(arrays)) {
    const list = (saved as Record<string, unknown> | null)?.[name]
    if (!Array.isArray(list)) throw wrongKind(where, name, `an array of ${array.length} numbers`, show(list))
    if (list.length !== array.length) {
      throw wrongValue(where, name, `${array.length} numbers, as these layers have`, String(list.length))
    }
    for (let i = 0; i < array.length; i++) array[i] = decodeNumber(where, name, list[i])
  }
}

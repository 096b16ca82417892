/** What section 4 is told, and how far its training is. */
import { computed, effect, signal } from '@preact/signals'
import { addressed, choice, type Field, flag, number, numbers } from '../page/address.ts'
import type { Network, Order, Snapshot } from './messages.ts'
import { activations, layers } from './options.ts'
import { dataSets, pointsOf } from './points.ts'

const places: Field<readonly number[]> = {
  write: (values) => values.join(),
  read: (text) => (text === '' ? undefined : numbers(3, 3000).read(text)),
}

export const dataSet = addressed('data', 'spiral', choice(dataSets))
export const depth = addressed('layers', 'two of 16', choice(layers.map(({ name }) => name)))
export const activation = addressed('activation', 'relu', choice(activations))
export const seed = addressed('seed', 1, number)
/** x, y and class of each point that was painted. */
export const painted = addressed<readonly number[]>('painted', [], places)
export const playing = addressed('playing', false, flag)

export const points = computed(() => pointsOf(dataSet.value, seed.value, painted.value))
const network = computed<Network>(() => ({
  hidden: layers.find(({ name }) => name === depth.value)?.hidden ?? [],
  activation: activation.value,
  seed: seed.value,
}))

export const snapshot = signal<Snapshot | undefined>(undefined)
/** Loss and accuracy of each snapshot since the beginning. */
export const history = signal<readonly Snapshot[]>([])

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const tell = (order: Order) => worker.postMessage(order)

worker.onmessage = ({ data }: MessageEvent<Snapshot>) => {
  snapshot.value = data
  history.value = data.epoch === 0 ? [data] : [...history.value, data]
}

/** Begins anew, from the weights that the seed gives. */
export function reset(): void {
  tell({ kind: 'begin', points: points.value, network: network.value })
  tell({ kind: playing.value ? 'play' : 'pause' })
}

export function step(): void {
  playing.value = false
  tell({ kind: 'step' })
}

effect(() => {
  // another task or network is another training
  tell({ kind: 'begin', points: points.value, network: network.value })
})
effect(() => {
  tell({ kind: playing.value ? 'play' : 'pause' })
})

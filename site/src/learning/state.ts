/** What section 4 is told, and how far its training is. */
import { batch, computed, effect, signal } from '@preact/signals'
import { addressed, choice, type Field, numbers, whole } from '../page/address.ts'
import type { Milestone, Network, Order, Snapshot } from './messages.ts'
import { activations, layers } from './options.ts'
import { dataSets, pointsOf } from './points.ts'

/** So many points can be painted: a link holds them. */
export const most = 1000

const places: Field<readonly number[]> = {
  write: (values) => values.join(),
  read: (text) => {
    const values = numbers(3, 3 * most).read(text)
    const fits = (value: number, i: number) => (i % 3 === 2 ? [0, 1, 2].includes(value) : Math.abs(value) <= 1)
    return values?.every(fits) && values.length % 3 === 0 ? values : undefined
  },
}

export const dataSet = addressed('data', 'spiral', choice(dataSets))
export const depth = addressed('layers', '16 + 16', choice(layers.map(({ name }) => name)))
export const activation = addressed('activation', 'relu', choice(activations))
export const seed = addressed('seed', 1, whole(9999))
/** x, y and class of each point that was painted. */
export const painted = addressed<readonly number[]>('painted', [], places)
/** How far the training has come: with the seed, that is all a link needs to show the same network. */
const reached = addressed('epochs', 0, whole(20_000))
export const playing = signal(false)

export const points = computed(() => pointsOf(dataSet.value, seed.value, painted.value))
export const network = computed<Network>(() => ({
  hidden: layers.find(({ name }) => name === depth.value)?.hidden ?? [],
  activation: activation.value,
  seed: seed.value,
}))

export const snapshot = signal<Snapshot | undefined>(undefined)
/** The milestones since the beginning, fewer of the older ones as they become many. */
export const history = signal<readonly Milestone[]>([])
const mostKept = 400
/** Epochs between two changes of the address while it plays: about a second. */
const stride = 40

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
const tell = (order: Order) => worker.postMessage(order)

/** Counts the beginnings: what the worker still says of an earlier training is not heard. */
let run = 0

worker.onmessage = ({ data }: MessageEvent<Snapshot>) => {
  if (data.run !== run) return
  const { epoch, loss, accuracy } = data
  const before = epoch === 0 ? [] : history.peek()
  const kept = before.length < mostKept ? before : before.filter((_, i) => i % 2 === 0)
  batch(() => {
    snapshot.value = data
    history.value = [...kept, { epoch, loss, accuracy }]
    const farther = epoch - reached.peek()
    if (farther >= stride || (farther > 0 && !playing.peek())) reached.value = epoch
  })
}

/** Changes the task or the network: the training begins anew. */
export function change(make: () => void): void {
  batch(() => {
    make()
    reached.value = 0
  })
}

/** Begins anew, from the weights that the seed gives. */
export function reset(): void {
  reached.value = 0
  begin()
}

export function step(): void {
  playing.value = false
  tell({ kind: 'step' })
}

/** Ends the training where it is; it goes on when the section is seen again. */
export function rest(resting: boolean): void {
  tell({ kind: playing.peek() && !resting ? 'play' : 'pause' })
}

function begin(): void {
  run++
  tell({ kind: 'begin', run, points: points.value, network: network.value, epochs: reached.peek() })
}

effect(begin)
effect(() => {
  // another link was opened: what stands on the screen is not what it names
  const named = reached.value
  const shown = snapshot.peek()?.epoch
  if (shown !== undefined && named > shown) begin()
})
effect(() => {
  tell({ kind: playing.value ? 'play' : 'pause' })
  const shown = snapshot.peek()?.epoch
  if (!playing.value && shown !== undefined) reached.value = Math.max(shown, reached.peek())
})

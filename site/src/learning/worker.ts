/** Trains in a worker, so that the page stays alive, and tells the page how far it is. */
import { createTrainer, type Trainer } from 'onesum/classifier'
import { type Network, type Order, type Snapshot, side } from './messages.ts'
import type { Points } from './points.ts'

/** Milliseconds of training between two looks at what else is asked. */
const slice = 30

/** The places of which the page shows what the network says, row by row from the top left. */
const grid = Float32Array.from({ length: 2 * side * side }, (_, i) => {
  const place = Math.floor(i / 2)
  const along = i % 2 === 0 ? place % side : side - 1 - Math.floor(place / side)
  return ((along + 0.5) / side) * 2 - 1
})

let trainer: Trainer | undefined
let points: Points | undefined
let playing = false
let waiting: ReturnType<typeof setTimeout> | undefined

addEventListener('message', ({ data: order }: MessageEvent<Order>) => {
  if (order.kind === 'begin') begin(order.points, order.network)
  else if (order.kind === 'step') {
    playing = false
    trainer?.epoch()
    report()
  } else playing = order.kind === 'play'
  clearTimeout(waiting)
  if (playing) waiting = setTimeout(run)
})

function begin(given: Points, { hidden, activation, seed }: Network): void {
  trainer?.release()
  points = given
  trainer = createTrainer(given.places, given.labels, {
    shape: [given.labels.length, 2],
    hidden,
    activation,
    seed,
    heldOut: 0,
    epochs: Number.POSITIVE_INFINITY,
    learningRate: 0.01,
  })
  report()
}

function run(): void {
  const end = performance.now() + slice
  while (performance.now() < end) trainer?.epoch()
  report()
  waiting = setTimeout(run)
}

function report(): void {
  if (!trainer || !points) return
  const { places, labels, classes } = points
  const classifier = trainer.classifier()
  const found = classifier.predictProbabilities(Float32Array.from(places), { shape: [labels.length, 2] })
  let right = 0
  let loss = 0
  labels.forEach((label, i) => {
    const row = found.subarray(i * classes, (i + 1) * classes)
    if (row[label] === Math.max(...row)) right++
    loss -= Math.log(row[label])
  })
  const snapshot: Snapshot = {
    epoch: trainer.state.epoch,
    loss: loss / labels.length,
    accuracy: right / labels.length,
    field: classifier.predictProbabilities(grid, { shape: [side * side, 2] }),
    classes,
  }
  postMessage(snapshot, { transfer: [snapshot.field.buffer] })
}

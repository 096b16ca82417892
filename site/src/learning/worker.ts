/** Trains in a worker, so that the page stays alive, and tells the page how far it is. */
import { createTrainer, type Trainer } from 'onesum/classifier'
import { learningRate, type Order, type Snapshot, side } from './messages.ts'
import type { Points } from './points.ts'

/** Milliseconds of training between two looks at what else is asked. */
const slice = 30
/** Played, it goes at a pace that can be watched: so many epochs, then a rest of so many milliseconds. */
const pace = 2
const rest = 40

/** The places of which the page shows what the network says, row by row from the top left. */
const grid = Float32Array.from({ length: 2 * side * side }, (_, i) => {
  const place = Math.floor(i / 2)
  const along = i % 2 === 0 ? place % side : side - 1 - Math.floor(place / side)
  return ((along + 0.5) / side) * 2 - 1
})

interface Training {
  readonly run: number
  readonly trainer: Trainer
  readonly points: Points
  readonly places: Float32Array
  /** The epoch to reach at once. */
  readonly goal: number
}

let training: Training | undefined
let playing = false
let waiting: ReturnType<typeof setTimeout> | undefined

addEventListener('message', ({ data: order }: MessageEvent<Order>) => {
  if (order.kind === 'begin') begin(order)
  else if (order.kind === 'play') playing = true
  else playing = false
  if (order.kind === 'step') {
    training?.trainer.epoch()
    report()
  }
  clearTimeout(waiting)
  waiting = setTimeout(goOn)
})

function begin({ run, points, network, epochs: goal }: Order & { kind: 'begin' }): void {
  const { hidden, activation, seed } = network
  training?.trainer.release()
  const trainer = createTrainer(points.places, points.labels, {
    shape: [points.labels.length, 2],
    hidden,
    activation,
    seed,
    heldOut: 0,
    // it ends when the reader has seen enough
    epochs: Number.MAX_SAFE_INTEGER,
    learningRate,
  })
  training = { run, trainer, points, places: Float32Array.from(points.places), goal }
  report()
}

function goOn(): void {
  if (!training) return
  const { trainer, goal } = training
  if (trainer.state.epoch < goal) {
    const end = performance.now() + slice
    while (trainer.state.epoch < goal && performance.now() < end) trainer.epoch()
    report()
    waiting = setTimeout(goOn)
  } else if (playing) {
    for (let i = 0; i < pace; i++) trainer.epoch()
    report()
    waiting = setTimeout(goOn, rest)
  }
}

function report(): void {
  if (!training) return
  const { run, trainer, points, places } = training
  const { labels, classes } = points
  const classifier = trainer.classifier()
  const found = classifier.predictProbabilities(places, { shape: [labels.length, 2] })
  let right = 0
  let loss = 0
  labels.forEach((label, i) => {
    const row = found.subarray(i * classes, (i + 1) * classes)
    if (row[label] === Math.max(...row)) right++
    loss -= Math.log(row[label])
  })
  const snapshot: Snapshot = {
    run,
    epoch: trainer.state.epoch,
    loss: loss / labels.length,
    accuracy: right / labels.length,
    field: classifier.predictProbabilities(grid, { shape: [side * side, 2] }),
    classes,
  }
  postMessage(snapshot, { transfer: [snapshot.field.buffer] })
}

/** The training of a network, one mini-batch at a time, so that it can be played, paused, stepped and saved. */
import type { Network } from '../../kernels/network.ts'
import { openNetwork } from '../../kernels/training.ts'
import { calibrated, checkHeldOut, splitOf } from '../calibrate.ts'
import type { TrainingData } from '../data.ts'
import { adjustPrior, readClassPrior } from '../prior.ts'
import { SoftmaxClassifier } from '../softmax-classifier.ts'
import { Adam } from './adam.ts'
import { BatchLoss } from './batch-loss.ts'
import { BestEpoch } from './best-epoch.ts'
import { Dropout } from './dropout.ts'
import { drawWeights } from './initial-weights.ts'
import { Layers } from './layers.ts'
import type { NetworkOptions, NetworkSettings } from './options.ts'
import { Order } from './order.ts'
import { readTraining, type Tally, writeTraining } from './saved.ts'
import { trainedModel } from './trained-model.ts'

/** Where a training is. */
export interface TrainerState {
  /** Epochs that are complete. */
  readonly epoch: number
  /** Steps so far, and steps of one epoch. */
  readonly steps: number
  readonly stepsPerEpoch: number
  /** Mean loss of the rows of this epoch so far; of the last one right after its end. */
  readonly loss: number
  /** Mean loss of the held-out rows after the last complete epoch; undefined before, or if none are. */
  readonly heldOutLoss: number | undefined
  /** The least of them, and its epoch. */
  readonly best: { readonly epoch: number; readonly loss: number } | undefined
  /** Why the training is over: the held-out loss got no better, or the epochs are through; undefined while it runs. */
  readonly reason: 'heldOut' | 'epochs' | undefined
}

export interface TrainerOptions extends NetworkOptions {
  /** What the `toJSON` of a trainer of the same data and options gave: goes on from there, to the same bits. */
  resume?: unknown
}

/**
 * A network in training: made by `createTrainer`.
 *
 * @example
 * import { createTrainer } from 'onesum/classifier'
 *
 * const trainer = createTrainer([0, 1, 4, 5], [0, 1, 0, 1], { shape: [4, 1], hidden: [8], heldOut: 0 })
 * trainer.step().steps // → 1
 * trainer.release()
 */
export class Trainer {
  readonly #data: TrainingData
  readonly #settings: NetworkSettings
  readonly #prior: Float64Array | undefined
  readonly #network: Network
  readonly #net: Layers
  readonly #loss: BatchLoss
  readonly #adam: Adam
  readonly #dropout: Dropout | undefined
  readonly #order: Order
  readonly #heldOut: Int32Array
  readonly #best: BestEpoch
  /** The mean mass of a row, by which all are divided. */
  readonly #mass: number
  #tally: Tally = { steps: 0, sum: 0, seen: 0, heldOutLoss: undefined }

  /** @internal */
  constructor(where: string, data: TrainingData, settings: NetworkSettings, resume: unknown) {
    const { features, targets, classes } = data
    const { hidden, batchSize, activation, seed, dropout } = settings
    this.#data = data
    this.#settings = settings
    this.#prior = readClassPrior(where, settings.given.prior, data.shares)
    const { training, held } = splitOf(features.rows, settings.heldOut, seed)
    if (settings.calibrate) checkHeldOut(where, data, held)
    this.#heldOut = held
    this.#order = new Order(training, batchSize, seed)
    this.#mass = data.total / features.rows
    this.#network = openNetwork(where, features, targets, batchSize)
    this.#net = new Layers(this.#network, [features.taken.length, ...hidden, classes], batchSize, activation)
    const { layers } = this.#net
    this.#loss = new BatchLoss(this.#network, this.#net, targets)
    this.#adam = new Adam(this.#network, layers, settings.learningRate, settings.weightDecay)
    this.#dropout = dropout > 0 ? new Dropout(dropout, seed, layers) : undefined
    drawWeights(layers, activation, seed)
    this.#best = new BestEpoch(layers)
    if (resume !== undefined) this.#tally = readTraining(where, resume, seed, layers, this.#adam.moments, this.#best)
    this.#net.pack()
  }

  get state(): TrainerState {
    const { steps, sum, seen, heldOutLoss } = this.#tally
    const { perEpoch } = this.#order
    const epoch = Math.floor(steps / perEpoch)
    return {
      epoch,
      steps,
      stepsPerEpoch: perEpoch,
      loss: seen > 0 ? sum / seen : Number.NaN,
      heldOutLoss,
      best: this.#best.found,
      reason: this.#reason(epoch),
    }
  }

  /** Trains on the next mini-batch; does nothing once there is a `reason` to stop. */
  step(): TrainerState {
    const { state } = this
    if (state.reason) return state
    const tally = this.#tally
    const { perEpoch } = this.#order
    if (tally.steps % perEpoch === 0) {
      tally.sum = 0
      tally.seen = 0
    }
    const rows = this.#order.batch(tally.steps)
    this.#dropout?.draw(tally.steps, rows.length)
    const loss = this.#loss.differentiate(rows, 1 / (this.#mass * rows.length), this.#dropout)
    tally.steps++
    tally.sum += loss * rows.length
    tally.seen += rows.length
    this.#adam.step(tally.steps)
    this.#net.pack()
    if (tally.steps % perEpoch === 0) this.#judge(tally)
    return this.state
  }

  /** Trains to the end of this epoch. */
  epoch(): TrainerState {
    const { epoch } = this.state
    let state = this.step()
    while (state.epoch === epoch && !state.reason) state = this.step()
    return state
  }

  /** The classifier as it stands: with the weights of the best epoch, or without held-out rows the latest. */
  classifier(): SoftmaxClassifier {
    const { activation, calibrate } = this.#settings
    const { layers } = this.#net
    const weights = this.#best.found ? this.#best.weights : layers.map((layer) => layer.weights)
    const plain = trainedModel(this.#data, layers, weights, activation, this.state)
    const model = calibrate ? calibrated(plain, this.#data, this.#heldOut) : plain
    if (this.#prior) adjustPrior(model.bias, this.#prior, this.#data.shares, model.temperature)
    return new SoftmaxClassifier(model)
  }

  /** Everything that changes in training, for the option `resume`. */
  toJSON(): Record<string, unknown> {
    return writeTraining(this.#settings.seed, this.#tally, this.#net.layers, this.#adam.moments, this.#best)
  }

  /** Gives the kernels' memory back; the trainer must not be used afterwards. */
  release(): void {
    this.#network.release()
  }

  #reason(epoch: number): TrainerState['reason'] {
    const { found } = this.#best
    if (found && epoch - found.epoch >= this.#settings.patience) return 'heldOut'
    return epoch >= this.#settings.epochs ? 'epochs' : undefined
  }

  /** The held-out loss at the end of an epoch. */
  #judge(tally: Tally): void {
    const held = this.#heldOut
    if (held.length === 0) return
    const { batchSize } = this.#settings
    let loss = 0
    for (let at = 0; at < held.length; at += batchSize) {
      loss += this.#loss.evaluate(held.subarray(at, at + batchSize), 1 / (this.#mass * held.length))
    }
    tally.heldOutLoss = loss
    this.#best.offer(tally.steps / this.#order.perEpoch, loss)
  }
}

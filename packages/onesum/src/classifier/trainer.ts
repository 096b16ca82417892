/** The training of a network, one mini-batch at a time, so that it can be played, paused, stepped and saved. */
import { decodeNumber, encodeNumber, readInteger, readVersion, show, wrongKind, wrongValue } from '../check.ts'
import { readRow } from '../kernels/js/linear.ts'
import { GROUP, type Moments, type Network, type Numbers } from '../kernels/network.ts'
import { openNetwork } from '../kernels/training.ts'
import { permutation, uniform } from '../random.ts'
import { calibrated, checkHeldOut, splitOf } from './calibrate.ts'
import type { TrainingData } from './data.ts'
import { Layers } from './layers.ts'
import { type Model, SoftmaxClassifier } from './model.ts'
import type { NetworkOptions, NetworkSettings } from './network-options.ts'
import { adjustPrior, readClassPrior } from './prior.ts'
import { decay, fill, largest } from './weights.ts'

/** Each use of the seed has draws of its own. */
const INIT_STREAM = 5
const ORDER_STREAM = 6
const DROPOUT_STREAM = 7

/** What the running means of Adam keep in a step. */
const FIRST = 0.9
const SECOND = 0.999

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
  readonly #moments: readonly Moments[]
  readonly #best: readonly Float64Array[]
  readonly #training: Int32Array
  readonly #heldOut: Int32Array
  readonly #spread: Float64Array | undefined
  /** The mean mass of a row, by which all are divided. */
  readonly #mass: number
  #order = new Int32Array(0)
  #steps = 0
  #sum = 0
  #seen = 0
  #heldOutLoss: number | undefined
  #lead: { epoch: number; loss: number } | undefined

  /** @internal */
  constructor(where: string, data: TrainingData, settings: NetworkSettings, resume: unknown) {
    const { features, classes } = data
    const { batchSize, activation, seed } = settings
    this.#data = data
    this.#settings = settings
    this.#prior = readClassPrior(where, settings.given.prior, data.shares)
    const { training, held } = splitOf(features.rows, settings.heldOut, seed)
    this.#training = training
    this.#heldOut = held
    if (settings.calibrate) checkHeldOut(where, data, held)
    this.#mass = data.total / features.rows
    this.#network = openNetwork(where, batchSize)
    this.#net = new Layers(this.#network, this.#sizes, batchSize, activation)
    const { layers } = this.#net
    this.#spread = data.targets.spread && new Float64Array(classes)
    this.#moments = layers.map(({ weights }) => ({
      first: this.#network.doubles(weights.length),
      second: this.#network.doubles(weights.length),
    }))
    this.#begin()
    this.#best = layers.map(({ weights }) => Float64Array.from(weights))
    if (resume !== undefined) this.#restore(where, resume)
  }

  get state(): TrainerState {
    const perEpoch = this.#stepsPerEpoch
    const epoch = Math.floor(this.#steps / perEpoch)
    return {
      epoch,
      steps: this.#steps,
      stepsPerEpoch: perEpoch,
      loss: this.#seen > 0 ? this.#sum / this.#seen : Number.NaN,
      heldOutLoss: this.#heldOutLoss,
      best: this.#lead && { ...this.#lead },
      reason: this.#reason(epoch),
    }
  }

  /** Trains on the next mini-batch; does nothing once there is a `reason` to stop. */
  step(): TrainerState {
    const { state } = this
    if (state.reason) return state
    const { batchSize, learningRate, weightDecay } = this.#settings
    const perEpoch = this.#stepsPerEpoch
    const at = this.#steps % perEpoch
    if (at === 0) {
      this.#sum = 0
      this.#seen = 0
    }
    this.#shuffle(state.epoch)
    const rows = this.#order.subarray(at * batchSize, (at + 1) * batchSize)
    const loss = this.#pass(rows, 1 / (this.#mass * rows.length), true)
    this.#steps++
    this.#sum += loss * rows.length
    this.#seen += rows.length
    // both running means begin at 0, and are divided by what that takes from them
    const rate = learningRate / (1 - FIRST ** this.#steps)
    const root = 1 / Math.sqrt(1 - SECOND ** this.#steps)
    for (const [i, layer] of this.#net.layers.entries()) {
      // apart from the gradient (Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019)
      if (weightDecay > 0) decay(layer, 1 - learningRate * weightDecay)
      this.#network.move(layer.weights, layer.gradient, this.#moments[i], rate, root)
    }
    this.#net.pack()
    if (this.#steps % perEpoch === 0) this.#judge()
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
    const { features, classes, classNames, featureNames, shares } = this.#data
    const { layers } = this.#net
    const { state } = this
    const taken = this.#lead ? this.#best : layers.map(({ weights }) => weights)
    const dense = layers.map(({ inputs, units, columns }, i) => {
      const weights = new Float64Array(units * inputs)
      const bias = new Float64Array(units)
      for (let unit = 0; unit < units; unit++) {
        bias[unit] = taken[i][unit * columns + inputs]
        for (let j = 0; j < inputs; j++) {
          // the first layer saw (x − centre) · factor
          const weight = taken[i][unit * columns + j] * (i === 0 ? features.factor[j] : 1)
          weights[unit * inputs + j] = weight
          if (i === 0) bias[unit] -= weight * features.centre[j]
        }
      }
      return { units, weights, bias }
    })
    const { weights, bias } = dense[dense.length - 1]
    const plain: Model = {
      classes,
      features: features.columns,
      weights,
      bias,
      hidden: dense.slice(0, -1),
      activation: this.#settings.activation,
      temperature: 1,
      classNames,
      featureNames,
      report: {
        objective: state.loss,
        gradientNorm: Math.max(...layers.map(({ gradient }) => largest(gradient))),
        iterations: state.steps,
        evaluations: state.epoch,
        converged: state.reason === 'heldOut',
        reason: state.reason ?? 'running',
        l2: 0,
      },
    }
    const model = this.#settings.calibrate ? calibrated(plain, this.#data, this.#heldOut) : plain
    if (this.#prior) adjustPrior(bias, this.#prior, shares, model.temperature)
    return new SoftmaxClassifier(model)
  }

  /** Everything that changes in training, for the option `resume`. */
  toJSON(): Record<string, unknown> {
    const list = (numbers: Float64Array) => Array.from(numbers, encodeNumber)
    return {
      version: 1,
      kind: 'classifier trainer',
      seed: this.#settings.seed,
      sizes: this.#sizes,
      steps: this.#steps,
      sum: encodeNumber(this.#sum),
      seen: this.#seen,
      ...(this.#heldOutLoss !== undefined && { heldOutLoss: encodeNumber(this.#heldOutLoss) }),
      ...(this.#lead && { best: { epoch: this.#lead.epoch, loss: encodeNumber(this.#lead.loss) } }),
      layers: this.#net.layers.map(({ weights }, i) => ({
        weights: list(weights),
        first: list(this.#moments[i].first),
        second: list(this.#moments[i].second),
        best: list(this.#best[i]),
      })),
    }
  }

  /** Gives the kernels' memory back; the trainer must not be used afterwards. */
  release(): void {
    this.#network.release()
  }

  /** Features, units of each hidden layer, classes. */
  get #sizes(): number[] {
    const { features, classes } = this.#data
    return [features.columns, ...this.#settings.hidden, classes]
  }

  get #stepsPerEpoch(): number {
    return Math.ceil(this.#training.length / this.#settings.batchSize)
  }

  #reason(epoch: number): TrainerState['reason'] {
    if (this.#lead && epoch - this.#lead.epoch >= this.#settings.patience) return 'heldOut'
    return epoch >= this.#settings.epochs ? 'epochs' : undefined
  }

  /** Weights uniform within ±√(6 / inputs) for rectifiers (He et al., 2015), else ±√(6 / (inputs + units)) (Glorot and Bengio, 2010). */
  #begin(): void {
    const { activation, seed } = this.#settings
    let draw = 0
    for (const [i, { weights, inputs, units, columns }] of this.#net.layers.entries()) {
      const last = i === this.#net.layers.length - 1
      const rectifies = !last && !['identity', 'sigmoid', 'tanh'].includes(activation)
      const most = Math.sqrt(6 / (rectifies ? inputs : inputs + units))
      for (let unit = 0; unit < units; unit++) {
        for (let j = 0; j < inputs; j++)
          weights[unit * columns + j] = most * (2 * uniform(seed, draw++, INIT_STREAM) - 1)
      }
    }
    this.#net.pack()
  }

  /** The training rows in the order of an epoch. */
  #shuffle(epoch: number): void {
    if (this.#steps % this.#stepsPerEpoch !== 0 && this.#order.length > 0) return
    const { length } = this.#training
    this.#order = permutation(length, this.#settings.seed, ORDER_STREAM, epoch * length)
    for (let i = 0; i < length; i++) this.#order[i] = this.#training[this.#order[i]]
  }

  /** The summed loss of some rows times `scale`; with `learn`, gradients are left in the layers. */
  #pass(rows: Int32Array, scale: number, learn: boolean): number {
    const { features, targets, classes } = this.#data
    const { input, layers } = this.#net
    const groups = Math.ceil(rows.length / GROUP)
    const { columns } = layers[0]
    for (let r = 0; r < groups * GROUP; r++) {
      const row = rows[r]
      if (r >= rows.length) {
        this.#network.aim(r, 0, 0, 0)
        continue
      }
      readRow(features, row, input, (r - (r % GROUP)) * columns + (r % GROUP), GROUP)
      this.#network.aim(r, targets.labels[row], scale * targets.mass[row], scale * targets.own[row])
    }
    const drops = learn && this.#settings.dropout > 0
    const drop = drops
      ? (x: Numbers, { units }: { units: number }, i: number) => this.#drop(x, units, i, groups)
      : undefined
    const z = this.#net.forward(groups, drop)
    let loss = this.#eachSpread(rows, scale, (at, part) => part * z[at])
    loss = this.#network.softmax(z, groups, classes) - loss
    if (!learn) return loss
    this.#eachSpread(rows, scale, (at, part) => {
      z[at] -= part
      return 0
    })
    this.#net.backward(groups, drop)
    return loss
  }

  /** Visits the parts of the targets beyond labels, by place among the logits; returns what the visits sum to. */
  #eachSpread(rows: Int32Array, scale: number, visit: (at: number, part: number) => number): number {
    const { spread } = this.#data.targets
    const parts = this.#spread
    if (!spread || !parts) return 0
    let sum = 0
    for (let r = 0; r < rows.length; r++) {
      spread(rows[r], parts)
      const at = (r - (r % GROUP)) * parts.length + (r % GROUP)
      for (let c = 0; c < parts.length; c++) sum += visit(at + c * GROUP, scale * parts[c])
    }
    return sum
  }

  /** Silences units by chance, the same on the way forward and back, and makes up for it by the others. */
  #drop(x: Numbers, units: number, index: number, groups: number): void {
    const { dropout, seed } = this.#settings
    const rows = groups * GROUP
    const stride = x.length / (Math.ceil(this.#settings.batchSize / GROUP) * GROUP)
    let draw = (this.#steps * this.#net.layers.length + index) * 2 ** 24
    for (let r = 0; r < rows; r++) {
      const at = (r - (r % GROUP)) * stride + (r % GROUP)
      for (let unit = 0; unit < units; unit++, draw++) {
        x[at + unit * GROUP] *= uniform(seed, draw, DROPOUT_STREAM) < dropout ? 0 : 1 / (1 - dropout)
      }
    }
  }

  /** The held-out loss at the end of an epoch, and whether it leads. */
  #judge(): void {
    const held = this.#heldOut
    if (held.length === 0) return
    const { batchSize } = this.#settings
    let loss = 0
    for (let at = 0; at < held.length; at += batchSize) {
      loss += this.#pass(held.subarray(at, at + batchSize), 1 / (this.#mass * held.length), false)
    }
    this.#heldOutLoss = loss
    if (this.#lead && !(loss < this.#lead.loss)) return
    this.#lead = { epoch: this.#steps / this.#stepsPerEpoch, loss }
    for (const [i, { weights }] of this.#net.layers.entries()) this.#best[i].set(weights)
  }

  #restore(where: string, json: unknown): void {
    const fields = readVersion(where, json, 1)
    if (fields.kind !== 'classifier trainer') throw wrongValue(where, 'kind', "'classifier trainer'", show(fields.kind))
    const { seed } = this.#settings
    if (fields.seed !== seed) throw wrongValue(where, 'seed', `${show(fields.seed)}, as it was saved`, String(seed))
    const [sizes, own] = [fields.sizes, this.#sizes].map((each) =>
      Array.isArray(each) ? each.join(' - ') : show(each),
    )
    if (sizes !== own) throw wrongValue(where, 'hidden', `layers of ${sizes}, as they were saved`, own)
    const saved = fields.layers
    const { layers } = this.#net
    if (!Array.isArray(saved)) throw wrongKind(where, 'layers', 'an array that toJSON made', show(saved))
    if (saved.length !== layers.length) throw wrongValue(where, 'layers', String(layers.length), String(saved.length))
    const steps = readInteger(where, 'steps', fields.steps, undefined, 0, Infinity)
    const sum = decodeNumber(where, 'sum', fields.sum)
    const seen = readInteger(where, 'seen', fields.seen, undefined, 0, Infinity)
    const best = fields.best as { epoch?: unknown; loss?: unknown } | undefined
    const lead = best && {
      epoch: readInteger(where, 'best', best.epoch, undefined, 0, Infinity),
      loss: decodeNumber(where, 'best', best.loss),
    }
    for (const [i, { weights }] of layers.entries()) {
      const { first, second } = this.#moments[i]
      fill(where, saved[i], { weights, first, second, best: this.#best[i] })
    }
    this.#steps = steps
    this.#sum = sum
    this.#seen = seen
    this.#lead = lead
    this.#heldOutLoss =
      fields.heldOutLoss === undefined ? undefined : decodeNumber(where, 'heldOutLoss', fields.heldOutLoss)
    this.#order = new Int32Array(0)
    this.#net.pack()
  }
}

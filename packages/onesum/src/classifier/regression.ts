/** Softmax regression to its optimum, one iteration at a time. */
import { dotAt, largest } from '../kernels/js/vectors.ts'
import type { Linear, Targets } from '../kernels/linear.ts'
import { openLinear } from '../kernels/training.ts'
import { permutation } from '../random.ts'
import { calibrated, checkHeldOut, splitOf } from './calibrate.ts'
import { Curvature } from './curvature.ts'
import type { TrainingData } from './data.ts'
import { type Limits, minimize, type Objective, type State, VECTORS } from './minimize.ts'
import type { Model } from './model.ts'
import type { Settings } from './options.ts'
import { SoftmaxClassifier } from './softmax-classifier.ts'
import { centreClasses } from './vectors.ts'

/** How far a fit is. */
export interface Progress {
  readonly iterations: number
  readonly objective: number
  /** While penalties are tried: which of how many fits this is. */
  readonly fit: number
  readonly fits: number
}

/** A mean loss per unit of mass below which classes count as told apart without error. */
const SEPARATED = 1e-6

/** Fits the data; yields after each iteration. */
export function* regress(
  where: string,
  data: TrainingData,
  settings: Settings,
): Generator<Progress, SoftmaxClassifier> {
  const problem = new Regression(where, data, settings)
  try {
    if (settings.l2 !== 'auto') return yield* problem.fit(settings.l2, undefined)
    const path = yield* problem.choose()
    const best = path.reduce((a, b) => (b.nll < a.nll ? b : a))
    return yield* problem.fit(best.l2, path)
  } finally {
    problem.close()
  }
}

/** Penalties that `l2: 'auto'` tries, from the strongest down, and how many folds judge them. */
const PENALTIES = Array.from({ length: 13 }, (_, i) => 10 ** (4 - (8 * i) / 12))
const FOLDS = 5
const FOLD_STREAM = 4

/** Held-out losses of a path tell little beyond this part of them. */
const PATH_TOLERANCE = 1e-5

/** As much as a penalty may be, so that products with it are finite: a weight that costs so much is 0 all the same. */
const MOST_PENALTY = 1e300

class Regression {
  readonly #data: TrainingData
  readonly #settings: Settings
  readonly #linear: Linear
  readonly #curvature: Curvature
  /** Rows held out to calibrate on, and what the others are trained on. */
  readonly #held: Int32Array
  readonly #targets: Targets
  #total = 0

  constructor(where: string, data: TrainingData, settings: Settings) {
    this.#data = data
    this.#settings = settings
    const { rows } = data.features
    this.#held = settings.calibrate ? splitOf(rows, settings.heldOut, settings.seed).held : new Int32Array(0)
    this.#targets = data.targets
    if (settings.calibrate) {
      checkHeldOut(where, data, this.#held)
      const held = new Set(this.#held)
      this.#targets = part(data.targets, (row) => !held.has(row))
    }
    for (const mass of this.#targets.mass) this.#total += mass
    this.#linear = openLinear(data.features, data.classes, VECTORS + 1)
    this.#curvature = new Curvature(this.#linear, data.features.rows)
  }

  close(): void {
    this.#linear.release()
  }

  *fit(l2: number, l2Path: Model['l2Path']): Generator<Progress, SoftmaxClassifier> {
    const fits = l2Path ? FOLDS * l2Path.length + 1 : 1
    this.#start()
    const steps = this.#minimize(l2, this.#targets, this.#settings)
    const state = yield* labelled(steps, fits, fits)
    return this.#finish(state, l2, l2Path)
  }

  /** The mean held-out loss of each penalty, each fold along a path from strong to weak. */
  *choose(): Generator<Progress, { l2: number; nll: number }[]> {
    const { features } = this.#data
    const targets = this.#targets
    const order = permutation(features.rows, this.#settings.seed, FOLD_STREAM)
    const fits = FOLDS * PENALTIES.length + 1
    const losses = PENALTIES.map(() => 0)
    const limits: Limits = { tolerance: Math.max(PATH_TOLERANCE, this.#settings.tolerance), maxIterations: 200 }
    const [first] = this.#linear.vectors
    const unused = this.#linear.vectors[VECTORS]
    for (let fold = 0; fold < FOLDS; fold++) {
      const inside = part(targets, (row) => order[row] % FOLDS !== fold)
      const outside = part(targets, (row) => order[row] % FOLDS === fold)
      first.fill(0)
      for (const [i, l2] of PENALTIES.entries()) {
        const steps = this.#minimize(l2, inside, limits)
        const state = yield* labelled(steps, fold * PENALTIES.length + i + 1, fits)
        this.#linear.aim(outside)
        losses[i] += this.#linear.evaluate(state.x, unused)
        first.set(state.x)
      }
    }
    return PENALTIES.map((l2, i) => ({ l2, nll: losses[i] / this.#total }))
  }

  /** Goes down from the first of the vectors. */
  #minimize(l2: number, targets: Targets, limits: Limits): Generator<State, State> {
    const linear = this.#linear
    const penalty = this.#penalties(l2)
    const curvature = this.#curvature
    let total = 0
    for (const mass of targets.mass) total += mass
    linear.aim(targets)
    curvature.aim(penalty, total / targets.mass.length)
    const free = l2 === 0 || this.#data.shares.filter((share) => share > 0).length < 2
    const objective: Objective = {
      vectors: linear.vectors,
      dot: (a, b) => linear.dot(a, b),
      combine: (to, a, factor, b) => linear.combine(to, a, factor, b),
      evaluate: (weights, gradient) => linear.evaluate(weights, gradient) + penalize(penalty, weights, gradient),
      precondition: (vector, to) => curvature.solve(vector, to),
      renew: (x, before, value) => curvature.renew(x, before, value),
      unbounded: (value) => free && value <= SEPARATED * total,
    }
    return minimize(objective, limits)
  }

  /** The penalty of each entry of a class, in units of the scaled features. */
  #penalties(l2: number): Float64Array {
    const { factor, taken } = this.#data.features
    const penalty = new Float64Array(this.#linear.stride)
    taken.forEach((j, i) => {
      penalty[i] = Math.min(this.#settings.standardize ? l2 : l2 * factor[j] * factor[j], MOST_PENALTY)
    })
    return penalty
  }

  /**
   * Where to begin: the weights of another classifier as those of scaled features, or zeros. What the classes have in common is
   * taken out, as it is no matter of the loss.
   */
  #start(): void {
    const { stride, classes } = this.#linear
    const { columns, taken, centre, factor } = this.#data.features
    const [x] = this.#linear.vectors
    const from = this.#settings.given.warmStart
    x.fill(0)
    if (!from) return
    for (let c = 0; c < classes; c++) {
      const own = from.weights.subarray(c * columns, (c + 1) * columns)
      taken.forEach((j, i) => {
        x[c * stride + i] = own[j] / factor[j]
      })
      x[c * stride + taken.length] = from.bias[c] + dotAt(own, 0, centre)
    }
    centreClasses(x, stride)
  }

  #finish(state: State, l2: number, l2Path: Model['l2Path']): SoftmaxClassifier {
    const { stride, classes } = this.#linear
    const { columns, taken, centre, factor } = this.#data.features
    const weights = new Float64Array(classes * columns)
    const bias = new Float64Array(classes)
    let steepest = 0
    for (let c = 0; c < classes; c++) {
      const from = c * stride
      const slope = state.gradient[from + taken.length]
      const own = weights.subarray(c * columns, (c + 1) * columns)
      const slopes = centre.map((each) => each * slope)
      taken.forEach((j, i) => {
        own[j] = state.x[from + i] * factor[j]
        slopes[j] += state.gradient[from + i] / factor[j]
      })
      bias[c] = state.x[from + taken.length] - dotAt(own, 0, centre)
      steepest = Math.max(steepest, Math.abs(slope), largest(slopes))
    }
    balance(bias)
    const model: Model = {
      classes,
      features: columns,
      weights,
      bias,
      hidden: [],
      activation: 'identity',
      temperature: 1,
      classNames: this.#data.classNames,
      featureNames: this.#data.featureNames,
      objective: state.value,
      gradientNorm: steepest / this.#total,
      iterations: state.iterations,
      evaluations: state.evaluations,
      converged: state.reason === 'tolerance',
      reason: state.reason ?? 'iterations',
      l2,
      l2Path,
    }
    return new SoftmaxClassifier(this.#settings.calibrate ? calibrated(model, this.#data, this.#held) : model)
  }
}

/** Only differences of intercepts matter: their mean becomes 0. */
function balance(bias: Float64Array): void {
  let mean = 0
  for (const each of bias) mean += each / bias.length
  for (let c = 0; c < bias.length; c++) bias[c] -= mean
}

/** ½ Σ penalty · w², whose gradient joins what is there. */
function penalize(penalty: Float64Array, weights: Float64Array, gradient: Float64Array): number {
  const stride = penalty.length
  let value = 0
  for (let from = 0; from < weights.length; from += stride) {
    for (let j = 0; j < stride; j++) {
      const pull = penalty[j] * weights[from + j]
      gradient[from + j] += pull
      value += pull * weights[from + j]
    }
  }
  return value / 2
}

/** The targets of some rows; the others weigh nothing. */
function part({ labels, mass, own, spread }: Targets, keeps: (row: number) => boolean): Targets {
  const kept = {
    labels,
    mass: mass.map((each, row) => (keeps(row) ? each : 0)),
    own: own.map((each, row) => (keeps(row) ? each : 0)),
  }
  if (!spread) return kept
  return { ...kept, spread: (row, to) => (keeps(row) ? spread(row, to) : to.fill(0)) }
}

function* labelled(steps: Generator<State, State>, fit: number, fits: number): Generator<Progress, State> {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
    yield { iterations: value.iterations, objective: value.value, fit, fits }
  }
}

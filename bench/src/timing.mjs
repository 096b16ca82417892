import { shuffled, uniform } from './random.mjs'

/**
 * Whoever is timed: `time` makes that many calls and gives the nanoseconds they took, `output` gives what the last
 * call computed.
 * @typedef {object} Contender
 * @property {string} name
 * @property {(calls: number) => number | Promise<number>} time
 * @property {() => Output | Promise<Output>} [output] absent where nothing is computed
 * @property {() => unknown} [dispose]
 * @property {boolean} [promised] held to onesum's own error bounds
 * @typedef {{ values: ArrayLike<number>, loss?: number }} Output
 *
 * @typedef {object} Effort
 * @property {number} warmUp milliseconds per contender
 * @property {number} batch milliseconds per timed batch of calls
 * @property {number} rounds
 * @property {number} fewestRounds
 * @property {number} budget milliseconds per case, after which only the fewest rounds are completed
 *
 * @typedef {{ least: number, median: number, low: number, high: number, rounds: number, calls: number }} Timing nanoseconds a call
 */

/** @type {Effort} */
export const fullEffort = { warmUp: 60, batch: 4, rounds: 21, fewestRounds: 5, budget: 4000 }

/** @type {Effort} */
export const quickEffort = { warmUp: 60, batch: 2, rounds: 9, fewestRounds: 3, budget: 800 }

/**
 * Times the contenders in rounds: each round times one batch of each, in an order of its own, so that whatever slows
 * the machine down for a while slows all of them down.
 * @param {readonly Contender[]} contenders
 * @param {Effort} effort
 * @param {number} seed
 * @returns {Promise<Map<string, Timing>>}
 */
export async function measure(contenders, effort, seed) {
  const entries = []
  for (const contender of contenders) {
    entries.push({ contender, calls: await warmUp(contender, effort), samples: /** @type {number[]} */ ([]) })
  }
  const random = uniform(seed)
  const end = performance.now() + effort.budget
  for (let round = 0; round < effort.rounds; round++) {
    if (round >= effort.fewestRounds && performance.now() > end) break
    for (const { contender, calls, samples } of shuffled(entries, random)) {
      samples.push((await contender.time(calls)) / calls)
    }
  }
  return new Map(entries.map(({ contender, calls, samples }) => [contender.name, { ...summary(samples), calls }]))
}

/**
 * Lets the engine compile its best code, and finds how many calls fill a batch.
 * @param {Contender} contender
 * @param {Effort} effort
 */
async function warmUp(contender, { warmUp, batch }) {
  const end = performance.now() + warmUp
  let calls = 1
  let perCall = await contender.time(1)
  while (performance.now() < end) {
    perCall = (await contender.time(calls)) / calls
    // A tenth of the warm-up at most, so that it is not overshot by much.
    calls = Math.max(1, Math.min(calls * 2, Math.floor((warmUp * 1e5) / perCall)))
  }
  return Math.max(1, Math.round((batch * 1e6) / perCall))
}

/** @param {number[]} samples */
function summary(samples) {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (/** @type {number} */ part) => {
    const position = part * (sorted.length - 1)
    const below = Math.floor(position)
    const above = Math.ceil(position)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - below)
  }
  return { least: sorted[0], median: at(0.5), low: at(0.25), high: at(0.75), rounds: sorted.length }
}

/**
 * The `time` of a synchronous call.
 * @param {() => unknown} call
 */
export function timeCalls(call) {
  return (/** @type {number} */ calls) => {
    const start = performance.now()
    for (let i = 0; i < calls; i++) call()
    return (performance.now() - start) * 1e6
  }
}

/**
 * The `time` of a call that gives a promise.
 * @param {() => Promise<unknown>} call
 */
export function timeAsyncCalls(call) {
  return async (/** @type {number} */ calls) => {
    const start = performance.now()
    for (let i = 0; i < calls; i++) await call()
    return (performance.now() - start) * 1e6
  }
}

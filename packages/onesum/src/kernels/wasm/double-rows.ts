/** The softmax family in float64 by WebAssembly; the logarithms of sums, one for each row, by JavaScript. */
import { IGNORED } from '../../rows/labels.ts'
import type { Rows, TargetRows } from '../../rows/rows.ts'
import { buffer, LOSSES } from '../js/dense.ts'
import { exp } from '../js/exp.ts'
import { exponents, peak } from '../js/exponentials.ts'
import { log1p } from '../js/log.ts'
import { logSoftmaxVjpRows } from '../js/log-softmax.ts'
import type { LossOutput } from '../js/loss-rows.ts'
import { softmaxVjpRows } from '../js/softmax.ts'
import { engineOf, type OneRow, passDoubles } from './doubles.ts'
import { type Engine, TABLES } from './engine.ts'

/** Writes (x − max) / T for rows at one address at another, and returns that; rows without a softmax become NaN. */
function divided({ doubles }: Engine, { length, temperature }: Rows, x: number, to: number, count: number): number {
  if (temperature === 1) return x
  for (let r = 0; r < count; r++) {
    const start = r * length
    const row = doubles.subarray(x / 8 + start, x / 8 + start + length)
    const q = doubles.subarray(to / 8 + start, to / 8 + start + length)
    const top = peak(row, length)
    if (top < 0) q.fill(NaN)
    else exponents(row, length, top, temperature, q)
  }
  return to
}

/** Whether the rows were done. */
export function softmaxDoubles(rows: Rows, output: Float64Array): boolean {
  const running = engineOf(rows, output)
  if (!running) return false
  return passDoubles(rows, output, {
    kernel: (kernels, [x], y, _, count) => {
      kernels.softmax(divided(running, rows, x, y, count), y, count, rows.length, 0)
      return count
    },
    masked: [-Infinity],
    fill: 0,
  })
}

/** Whether the rows were done. */
export function logSoftmaxDoubles(rows: Rows, output: Float64Array): boolean {
  const running = engineOf(rows, output)
  if (!running) return false
  const { length } = rows
  return passDoubles(rows, output, {
    kernel: (kernels, [x], y, _, count) => {
      const from = divided(running, rows, x, y, count)
      kernels.sums(from, count, length, TABLES)
      const { doubles } = running
      for (let at = TABLES / 8; at < TABLES / 8 + 2 * count; at += 2) {
        // an infinite maximum has no softmax: its difference from itself is NaN
        doubles[at + 1] = log1p(doubles[at + 1]) + (doubles[at] - doubles[at])
      }
      kernels.subtract(from, y, count, length, TABLES)
      return count
    },
    masked: [-Infinity],
    fill: -Infinity,
  })
}

/** Whether the rows were done. */
export function logSumExpDoubles(rows: Rows, output: Float64Array): boolean {
  const running = engineOf(rows, undefined)
  if (!running) return false
  return passDoubles(rows, undefined, {
    kernel: (kernels, [x], _, first, count) => {
      kernels.sums(x, count, rows.length, TABLES)
      const { doubles } = running
      for (let r = 0, at = TABLES / 8; r < count; r++, at += 2) output[first + r] = doubles[at] + log1p(doubles[at + 1])
      return count
    },
    masked: [-Infinity],
    fill: 0,
  })
}

/** A gradient, y or logY and gy in; rows near the end of the range go the JS path. */
function backward(name: string, masked: number, rows: Rows, output: Float64Array, js: OneRow): boolean {
  return passDoubles(rows, output, {
    kernel: (kernels, [y, gy], out, _, count) => kernels[name](y, gy, out, count, rows.length, 1 / rows.temperature),
    js,
    masked: [masked, 0],
    fill: 0,
  })
}

/** Whether the rows were done. */
export const softmaxVjpDoubles = (rows: Rows, output: Float64Array): boolean =>
  backward('softmaxBackward', 0, rows, output, softmaxVjpRows)

/** Whether the rows were done. */
export const logSoftmaxVjpDoubles = (rows: Rows, output: Float64Array): boolean =>
  backward('logSoftmaxBackward', -Infinity, rows, output, logSoftmaxVjpRows)

/** Whether the rows were done: those with one label each, not smoothed. */
export function crossEntropyDoubles(rows: TargetRows, to: LossOutput): boolean {
  const { grad, scale } = to
  const { target, length } = rows
  const { labels, weight, smoothing } = target
  const output = grad instanceof Float64Array ? grad : undefined
  const running = engineOf(rows, output)
  if (!(labels && running) || smoothing !== 0) return false
  const losses = to.losses ?? buffer(LOSSES, rows.count)
  const done = passDoubles(rows, output, {
    kernel: (kernels, [x], into, first, count) => {
      const { doubles } = running
      const table = doubles.subarray(TABLES / 8, TABLES / 8 + 2 * count)
      const own = buffer(7, count)
      const weightOf = (label: number) => (weight ? weight[label] : 1)
      for (let r = 0; r < count; r++) {
        const label = labels[first + r]
        // the gradient may take the place of the logits
        own[r] = label === IGNORED ? 0 : doubles[x / 8 + r * length + label]
        table[2 * r] = label === IGNORED ? 0 : weightOf(label) * scale
      }
      if (output) kernels.softmax(x, into, count, length, TABLES)
      else kernels.sums(x, count, length, TABLES)
      for (let r = 0; r < count; r++) {
        const label = labels[first + r]
        const [max, rest] = [table[2 * r], table[2 * r + 1] + (table[2 * r] - table[2 * r])]
        const start = into / 8 + r * length
        if (label === IGNORED) {
          losses[first + r] = 0
          if (output) doubles.fill(0, start, start + length)
        } else {
          const w = weightOf(label)
          losses[first + r] = w === 0 ? rest - rest : w * (max - own[r] + log1p(rest))
          // the others' sum: nothing cancels, for where the label is no maximum one of them is 1
          const others = own[r] === max ? rest : 1 + rest - exp(own[r] - max)
          if (output) doubles[start + label] = -w * scale * (others / (1 + rest))
        }
      }
      return count
    },
    masked: [-Infinity],
    fill: 0,
  })
  if (done) to.losses = losses
  return done
}

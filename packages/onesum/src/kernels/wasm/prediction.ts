/** The logits of trained layers, a block of rows after the other, by WebAssembly. */
import type { Elements } from '../../rows/open.ts'
import { type ActivationName, applyActivation } from '../js/elementwise.ts'
import { readDoubles } from '../js/prediction.ts'
import type { Dense } from '../prediction.ts'
import { relaxed, strict } from './code/prediction.ts'
import { type Engine, engine, family, instance } from './engine.ts'

const PREDICTION = /* @__PURE__ */ family({ strict, relaxed })

/** Products below which bringing the weights before the kernel takes longer than it saves. */
const FEW = 1 << 15

/** Bytes of a block of rows in float64, to stay in the first-level cache: at least two rows. */
const BLOCK = 1 << 14

/** Entries of a row of x and of weights; of rows and of units. */
const fours = (count: number) => Math.ceil(count / 4) * 4
const pairs = (count: number) => Math.ceil(count / 2) * 2

/** Whether the logits of all rows were written to `z`. */
export function predictWasm(
  layers: readonly Dense[],
  activation: ActivationName,
  elements: Elements,
  rows: number,
  columns: number,
  z: Float64Array,
): boolean {
  const inputs = layers.map((_, i) => (i === 0 ? columns : layers[i - 1].units))
  const products = layers.reduce((sum, { units }, i) => sum + units * inputs[i], 0)
  if (rows * products < FEW) return false
  const running = engine()
  const kernels = running && instance(PREDICTION, running, running.variant)
  if (!kernels) return false
  const block = Math.min(pairs(rows), Math.max(2, 2 * Math.floor(BLOCK / (16 * fours(columns)))))
  const sizes = layers.map(({ units }, i) => (fours(inputs[i]) + 1) * pairs(units) + block * fours(units))
  const room = sizes.reduce((sum, size) => sum + size, block * (fours(columns) + columns))
  const base = running.heap.allocate(8 * room)
  if (base === undefined) return false
  const { doubles } = running
  doubles.fill(0, base / 8, base / 8 + room)
  // the rows as they come, and in float64; then for each layer its weights, its intercepts and its sums
  const x = base / 8 + block * columns
  let at = x + block * fours(columns)
  const placed = layers.map((layer, i) => {
    const stride = fours(inputs[i])
    const bias = at + stride * pairs(layer.units)
    for (let unit = 0; unit < layer.units; unit++) {
      doubles.set(layer.weights.subarray(unit * inputs[i], (unit + 1) * inputs[i]), at + unit * stride)
    }
    doubles.set(layer.bias, bias)
    const place = { weights: at, bias, sums: bias + pairs(layer.units), stride, units: layer.units }
    at += sizes[i]
    return place
  })
  const last = placed[placed.length - 1]
  for (let first = 0; first < rows; first += block) {
    const count = Math.min(block, rows - first)
    if (elements instanceof Float32Array) {
      running.floats.set(elements.subarray(first * columns, (first + count) * columns), base / 4)
      kernels.widenRows(base, 8 * x, count, columns, 8 * fours(columns))
    } else {
      for (let r = 0; r < count; r++) {
        readDoubles(elements, (first + r) * columns, doubles, x + r * fours(columns), columns)
      }
    }
    let from = x
    for (const { weights, bias, sums, stride, units } of placed) {
      const zBytes = 8 * fours(units)
      kernels.affine(8 * from, 8 * weights, 8 * bias, 8 * sums, pairs(count), pairs(units), 8 * stride, zBytes)
      if (sums !== last.sums) activate(activation, running, sums, count, units)
      from = sums
    }
    for (let r = 0; r < count; r++) {
      const sums = last.sums + r * fours(last.units)
      for (let c = 0; c < last.units; c++) z[(first + r) * last.units + c] = doubles[sums + c]
    }
  }
  running.heap.release(base)
  return true
}

/** Activates the first `units` of each row of sums. */
function activate(name: ActivationName, { doubles }: Engine, sums: number, rows: number, units: number): void {
  for (let r = 0; r < rows; r++) applyActivation(name, doubles, doubles, sums + r * fours(units), units)
}

/** The logits of trained layers, a block of rows after the other, by WebAssembly. */
import type { Elements } from '../../rows/open.ts'
import { type ActivationName, applyActivation } from '../js/elementwise.ts'
import { readDoubles } from '../js/prediction.ts'
import type { Dense } from '../prediction.ts'
import { relaxed, strict } from './code/prediction.ts'
import type { Engine } from './engine.ts'
import { engine } from './engines.ts'
import { type Exports, family } from './family.ts'
import { instance } from './instances.ts'

const PREDICTION = /* @__PURE__ */ family({ strict, relaxed })

/** Products below which bringing the weights before the kernel takes longer than it saves. */
const FEW = 1 << 15

/** Rows that the kernel takes at a time, and numbers of a block of rows that stays in the first-level cache. */
const ROWS = 3
const BLOCK = 1 << 11

/** Entries of a row: what pads it is zero. */
const padded = (count: number) => Math.ceil(count / 4) * 4

/** A layer in the kernels' memory: places of its weights, intercepts and sums of a block, and entries of a row of sums. */
interface Place {
  readonly units: number
  readonly weights: number
  readonly bias: number
  readonly sums: number
  readonly width: number
}

/** Whether the logits of all rows were written to `z`. */
export function predictWasm(
  layers: readonly Dense[],
  activation: ActivationName,
  elements: Elements,
  rows: number,
  columns: number,
  z: Float64Array,
): boolean {
  let products = 0
  for (const { weights } of layers) products += rows * weights.length
  if (products < FEW) return false
  const running = engine()
  const kernels = running && instance(PREDICTION, running, running.variant)
  if (!kernels) return false
  const stride = padded(columns)
  const block = ROWS * Math.max(1, Math.floor(BLOCK / (ROWS * stride)))
  // features as they come, and in float64
  const taken = 2 * block * stride
  const size = taken + layers.reduce((sum, layer) => sum + sizeOf(layer, block), 0)
  const base = running.heap.allocate(8 * size)
  if (base === undefined) return false
  const start = base / 8
  running.doubles.fill(0, start, start + size)
  const x = start + block * stride
  const places = placeLayers(layers, running.doubles, start + taken, block)
  const last = places[places.length - 1]
  for (let first = 0; first < rows; first += block) {
    const count = Math.min(block, rows - first)
    readBlock(running, kernels, elements, first, count, columns, base, x)
    let [from, entries] = [x, stride]
    for (const place of places) {
      const { weights, bias, sums, units, width } = place
      kernels.affine(
        8 * from,
        8 * weights,
        8 * bias,
        8 * sums,
        ROWS * Math.ceil(count / ROWS),
        units,
        8 * entries,
        8 * width,
      )
      if (place !== last) activate(activation, running, place, count)
      from = sums
      entries = width
    }
    writeBlock(running, last, count, z, first)
  }
  running.heap.release(base)
  return true
}

/** Numbers that a layer takes: weights, intercepts, sums. */
function sizeOf({ units, weights }: Dense, block: number): number {
  return units * padded(weights.length / units) + padded(units) + block * padded(units)
}

function placeLayers(layers: readonly Dense[], doubles: Float64Array, start: number, block: number): Place[] {
  let at = start
  return layers.map((layer) => {
    const { units, weights, bias } = layer
    const inputs = weights.length / units
    const stride = padded(inputs)
    const width = padded(units)
    const place = { units, weights: at, bias: at + units * stride, sums: at + units * stride + width, width }
    for (let unit = 0; unit < units; unit++) {
      doubles.set(weights.subarray(unit * inputs, (unit + 1) * inputs), at + unit * stride)
    }
    doubles.set(bias, place.bias)
    at += sizeOf(layer, block)
    return place
  })
}

/** Features of some rows, in float64 at `x`; float32 by way of `stage`, an address. */
function readBlock(
  { floats, doubles }: Engine,
  kernels: Exports,
  elements: Elements,
  first: number,
  count: number,
  columns: number,
  stage: number,
  x: number,
): void {
  const stride = padded(columns)
  if (elements instanceof Float32Array) {
    floats.set(elements.subarray(first * columns, (first + count) * columns), stage / 4)
    kernels.widenRows(stage, 8 * x, count, columns, 8 * stride)
    return
  }
  for (let r = 0; r < count; r++) readDoubles(elements, (first + r) * columns, doubles, x + r * stride, columns)
}

/** The sums of a block as logits of rows from `first` on. */
function writeBlock({ doubles }: Engine, { sums, units, width }: Place, count: number, z: Float64Array, first: number) {
  for (let r = 0; r < count; r++) {
    for (let c = 0; c < units; c++) z[(first + r) * units + c] = doubles[sums + r * width + c]
  }
}

/** Activates the sums of a hidden layer, and nothing of what pads them. */
function activate(name: ActivationName, { doubles }: Engine, { sums, units, width }: Place, count: number): void {
  for (let r = 0; r < count; r++) applyActivation(name, doubles, doubles, sums + r * width, units)
}

import { expect, test } from 'vitest'
import { type TensorJson, tensor } from './cases.ts'
import { expectClose, expectWithin, maxAbs } from './compare.ts'
import { toNumber } from './double-double.ts'
import { logSoftmax32, softmax32 } from './promises.ts'
import { rowsAlong } from './rows.ts'
import { referenceRow } from './softmax-reference.ts'

/** A case of torch-softmax.json and torch-log-softmax.json. */
export type TorchMappingCase = {
  name: string
  attrs: { axis: number; temperature?: number }
  x: TensorJson
  y: TensorJson
  gy: TensorJson
  gx: TensorJson
  v?: TensorJson
  jvp?: TensorJson
  hvp?: TensorJson
}

/** A case of the ONNX softmax, log-softmax and hardmax files. */
export type OnnxMappingCase = {
  name: string
  opset: number
  attrs: { axis?: number }
  inputs: TensorJson[]
  outputs: TensorJson[]
  rtol: number
  atol: number
}

export type Floats = Float64Array | Float32Array
export type MappingOptions = { shape: number[]; axis: number; temperature?: number }

/** A mapping with its derivatives; each takes and gives one kind of array. */
export type MappingOps = {
  forward: (x: Floats, options: MappingOptions) => Floats
  backward: (y: Floats, gy: Floats, options: MappingOptions) => Floats
  jvp: (y: Floats, v: Floats, options: MappingOptions) => Floats
  hvp: (y: Floats, gy: Floats, v: Floats, options: MappingOptions) => Floats
}

/** Value, gradient, forward derivative and second order of one case in float64, each from the library's own output. */
export function testTorchMapping(c: TorchMappingCase, ops: MappingOps): void {
  test(c.name, () => {
    const options = { shape: c.x.shape, ...c.attrs }
    const gy = tensor(c.gy).values
    const y = ops.forward(tensor(c.x).values, options)
    expect(y).toBeInstanceOf(Float64Array)
    expectClose(y, tensor(c.y).values, 1e-13, 1e-300)
    const gx = ops.backward(y, gy, options)
    expectClose(gx, tensor(c.gx).values, 1e-11, 1e-13 * maxAbs(gy))
    if (c.v === undefined || c.jvp === undefined || c.hvp === undefined) return
    const v = tensor(c.v).values
    expectClose(ops.jvp(y, v, options), tensor(c.jvp).values, 1e-11, 1e-13 * maxAbs(v))
    expectClose(ops.hvp(y, gy, v, options), tensor(c.hvp).values, 1e-9, 1e-12)
  })
}

/** Holds float32 outputs within their bound of the exact value of their own logits: softmax's for 1, log-softmax's for 5. */
export function expectUlps(y: Floats, x: ArrayLike<number>, options: MappingOptions, ulps: 1 | 5): void {
  for (const offsets of rowsAlong(options.shape, options.axis)) {
    const row = offsets.map((o) => x[o])
    if (row.length === 0 || !row.every((v) => v < Infinity) || !row.some(Number.isFinite)) continue
    const { probabilities, logProbabilities } = referenceRow(row, options.temperature)
    const exact = (ulps === 1 ? probabilities : logProbabilities).map(toNumber)
    const got = offsets.map((o) => y[o])
    expectWithin(got, exact, ulps === 1 ? softmax32 : logSoftmax32)
  }
}

/**
 * Cases where rounding the logits to float32 alone moves the exact result by more than close(2e-6, 1e-7): a logit
 * near 50 moves by up to 1.9e-6. They are held against the exact result of the rounded logits alone.
 */
const movedByRounding = new Set(['softmax_2x3x4_dim2', 'log_softmax_2x3x4_dim2'])

/** The same in float32: the logits rounded first, hence only where they are moderate and T is not small; to `ulps` of the exact value. */
export function testTorchMappingFloat32(c: TorchMappingCase, ops: MappingOps, ulps: 1 | 5): void {
  test(`${c.name} in float32`, () => {
    const options = { shape: c.x.shape, ...c.attrs }
    const x = Float32Array.from(tensor(c.x).values)
    const y = ops.forward(x, options)
    expect(y).toBeInstanceOf(Float32Array)
    if (!movedByRounding.has(c.name)) expectClose(y, tensor(c.y).values, 2e-6, 1e-7)
    expectUlps(y, x, options, ulps)
  })
}

/** An ONNX case in its own float32. Until opset 12 the axis split the shape in two: rows of everything from it on. */
export function testOnnxMapping(c: OnnxMappingCase, forward: MappingOps['forward'], ulps: 1 | 5): void {
  test(c.name, () => {
    const x = tensor(c.inputs[0])
    const want = tensor(c.outputs[0])
    const rank = x.shape.length
    const axis = c.attrs.axis ?? (c.opset < 13 ? 1 : -1)
    const at = axis < 0 ? axis + rank : axis
    const size = (dims: number[]) => dims.reduce((a, b) => a * b, 1)
    const options =
      c.opset < 13
        ? { shape: [size(x.shape.slice(0, at)), size(x.shape.slice(at))], axis: 1 }
        : { shape: x.shape, axis }
    const y = forward(x.array as Float32Array, options)
    expect(want.shape).toEqual(x.shape)
    expectClose(y, want.values, c.rtol, c.atol)
    expectUlps(y, x.values, options, ulps)
  })
}

import { describe, expect, test } from 'vitest'
import { softmax, softmaxBackward, softmaxHvp, softmaxJvp } from '../../src/index.ts'
import { describeOurs, describeUpstream, type TensorJson, tensor } from '../support/cases.ts'
import { expectClose, maxAbs, ulpDistance } from '../support/compare.ts'
import {
  expectUlps,
  type MappingOps,
  type OnnxMappingCase,
  type TorchMappingCase,
  testOnnxMapping,
  testTorchMapping,
  testTorchMappingFloat32,
} from '../support/mapping-family.ts'
import { type ScipyCase, scipyRows, type TfjsCase } from '../support/upstream-families.ts'

const ops: MappingOps = {
  forward: (x, options) => softmax(x, options),
  backward: (y, gy, options) => softmaxBackward(y, gy, options),
  jvp: (y, v, options) => softmaxJvp(y, v, options),
  hvp: (y, gy, v, options) => softmaxHvp(y, gy, v, options),
}

describe('softmax', () => {
  describeOurs<TorchMappingCase>('torch-softmax.json', 144, (cases) => {
    for (const c of cases) testTorchMapping(c, ops)
    // rounding x to float32 moves x / T by up to 2^-24 |x| / T, so a temperature below 1 has no meaning here
    const moderate = cases.filter((c) => maxAbs(tensor(c.x).values) < 100 && (c.attrs.temperature ?? 1) >= 1)
    for (const c of moderate) testTorchMappingFloat32(c, ops, 1)
    test('the cases that float32 can hold are many', () => expect(moderate.length).toBeGreaterThan(100))
  })

  describeOurs<OnnxMappingCase>('onnx-softmax.json', 26, (cases) => {
    for (const c of cases) testOnnxMapping(c, ops.forward, 1)
  })

  describeUpstream<OnnxMappingCase>('onnx-softmax.json', 4, (cases) => {
    for (const c of cases) testOnnxMapping(c, ops.forward, 1)
  })

  type WptCase = {
    name: string
    attrs: { axis: number }
    inputs: TensorJson[]
    outputs: TensorJson[]
    tolerance: { value: number }
  }
  describeUpstream<WptCase>('wpt-webnn-softmax.json', 5, (cases) => {
    for (const c of cases) {
      test(c.name, () => {
        const x = tensor(c.inputs[0])
        const y = softmax(x.array as Float32Array, { shape: x.shape, axis: c.attrs.axis })
        const want = tensor(c.outputs[0]).values
        const distances = Array.from(y, (got, i) => ulpDistance(got, want[i]))
        expect(distances.length).toBe(want.length)
        expect(Math.max(...distances)).toBeLessThanOrEqual(c.tolerance.value)
        expectUlps(y, x.values, { shape: x.shape, axis: c.attrs.axis }, 1)
      })
    }
  })

  describeUpstream<ScipyCase>('scipy-logsumexp-softmax.json', 44, (cases) => {
    const ours = cases.filter((c) => c.op === 'softmax')
    test('12 of them are softmax', () => expect(ours.length).toBe(12))
    for (const c of ours) {
      test(c.name, () => {
        const x = tensor(c.inputs[0])
        const y = softmax(x.values, scipyRows(x.shape, c.attrs.axis))
        expectClose(y, tensor(c.outputs[0]).values, Math.max(c.rtol, 1e-13), 0)
      })
    }
  })

  describeUpstream<TfjsCase>('tfjs-softmax-family.json', 41, (cases) => {
    const ours = cases.filter((c) => c.family === 'softmax')
    test('15 of them are softmax', () => expect(ours.length).toBe(15))
    // left out: "2D dim=0" only says that TensorFlow.js throws there, and has no numbers; we support every axis
    for (const c of ours.filter((c) => c.outputs !== undefined)) {
      test(c.name, () => {
        const x = tensor(c.inputs[0])
        const options = { shape: x.shape, axis: c.attrs.axis }
        const y = softmax(x.array as Float32Array, options)
        if (c.outputs) expectClose(y, tensor(c.outputs[0]).values, c.atol, c.atol)
        if (c.dy === undefined || c.grads === undefined) return
        const gx = softmaxBackward(y, tensor(c.dy).array as Float32Array, options)
        expectClose(gx, tensor(c.grads[0]).values, c.atol, c.atol)
      })
    }
  })
})

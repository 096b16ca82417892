import { describe, expect, test } from 'vitest'
import { logSoftmax, logSoftmaxBackward, logSoftmaxHvp, logSoftmaxJvp } from '../../src/index.ts'
import { describeOurs, describeUpstream, tensor } from '../support/cases.ts'
import { expectClose, maxAbs } from '../support/compare.ts'
import {
  type MappingOps,
  type OnnxMappingCase,
  type TorchMappingCase,
  testOnnxMapping,
  testTorchMapping,
  testTorchMappingFloat32,
} from '../support/mapping-family.ts'
import { type ScipyCase, scipyRows, type TfjsCase } from '../support/upstream-families.ts'

const ops: MappingOps = {
  forward: (x, options) => logSoftmax(x, options),
  backward: (logY, gy, options) => logSoftmaxBackward(logY, gy, options),
  jvp: (logY, v, options) => logSoftmaxJvp(logY, v, options),
  hvp: (logY, gy, v, options) => logSoftmaxHvp(logY, gy, v, options),
}

describe('log-softmax', () => {
  describeOurs<TorchMappingCase>('torch-log-softmax.json', 137, (cases) => {
    for (const c of cases) testTorchMapping(c, ops)
    const moderate = cases.filter((c) => maxAbs(tensor(c.x).values) < 100)
    for (const c of moderate) testTorchMappingFloat32(c, ops, 5)
    test('the cases that float32 can hold are many', () => expect(moderate.length).toBeGreaterThan(100))
  })

  describeOurs<OnnxMappingCase>('onnx-logsoftmax.json', 26, (cases) => {
    for (const c of cases) testOnnxMapping(c, ops.forward, 5)
  })

  describeUpstream<OnnxMappingCase>('onnx-logsoftmax.json', 4, (cases) => {
    for (const c of cases) testOnnxMapping(c, ops.forward, 5)
  })

  describeUpstream<ScipyCase>('scipy-logsumexp-softmax.json', 44, (cases) => {
    const ours = cases.filter((c) => c.op === 'log_softmax')
    test('10 of them are log-softmax, none with an infinite logit', () => {
      // SciPy keeps finite entries beside +Infinity, we make the row NaN; the stored cases do not ask the question
      expect(ours.length).toBe(10)
      expect(ours.every((c) => tensor(c.inputs[0]).values.every(Number.isFinite))).toBe(true)
    })
    for (const c of ours) {
      test(c.name, () => {
        const x = tensor(c.inputs[0])
        const y = logSoftmax(x.values, scipyRows(x.shape, c.attrs.axis))
        expectClose(y, tensor(c.outputs[0]).values, Math.max(c.rtol, 1e-13), 0)
      })
    }
  })

  describeUpstream<TfjsCase>('tfjs-softmax-family.json', 41, (cases) => {
    const ours = cases.filter((c) => c.family === 'log_softmax')
    test('9 of them are log-softmax', () => expect(ours.length).toBe(9))
    for (const c of ours) {
      test(c.name, () => {
        const x = tensor(c.inputs[0])
        const options = { shape: x.shape, axis: c.attrs.axis }
        const y = logSoftmax(x.array as Float32Array, options)
        if (c.outputs) expectClose(y, tensor(c.outputs[0]).values, c.atol, c.atol)
        if (c.dy === undefined || c.grads === undefined) return
        const gx = logSoftmaxBackward(y, tensor(c.dy).array as Float32Array, options)
        expectClose(gx, tensor(c.grads[0]).values, c.atol, c.atol)
      })
    }
  })
})

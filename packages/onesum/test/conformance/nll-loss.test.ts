import { describe, test } from 'vitest'
import { nllLoss, nllLossWithGrad } from '../../src/index.ts'
import { describeOurs, describeUpstream, tensor } from '../support/cases.ts'
import { expectClose } from '../support/compare.ts'
import { asList, type OnnxLossCase, onnxLossOptions } from '../support/losses.ts'

function testOnnx(c: OnnxLossCase): void {
  test(c.name, () => {
    const options = onnxLossOptions(c)
    const logProbabilities = tensor(c.inputs[0]).array as Float32Array
    const target = tensor(c.inputs[1]).array as BigInt64Array
    const want = tensor(c.outputs[0]).values
    expectClose(asList(nllLoss(logProbabilities, target, options)), want, c.rtol, c.atol)
    expectClose(asList(nllLossWithGrad(logProbabilities, target, options).loss), want, c.rtol, c.atol)
  })
}

describe('negative log likelihood', () => {
  describeOurs<OnnxLossCase>('onnx-nll-loss.json', 45, (cases) => cases.forEach(testOnnx))
  describeUpstream<OnnxLossCase>('onnx-nll-loss.json', 10, (cases) => cases.forEach(testOnnx))
})

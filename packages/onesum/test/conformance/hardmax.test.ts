import { describe, expect, test } from 'vitest'
import { hardmax } from '../../src/index.ts'
import { describeOurs, describeUpstream, tensor } from '../support/cases.ts'
import type { OnnxMappingCase } from '../support/mapping-family.ts'

function testHardmax(c: OnnxMappingCase): void {
  test(c.name, () => {
    const x = tensor(c.inputs[0])
    const y = hardmax(x.array as Float32Array, { shape: x.shape, axis: c.attrs.axis ?? -1 })
    // zeros and ones need no tolerance
    expect(Array.from(y)).toEqual(Array.from(tensor(c.outputs[0]).values))
  })
}

describe('hardmax', () => {
  describeOurs<OnnxMappingCase>('onnx-hardmax.json', 14, (cases) => cases.forEach(testHardmax))
  describeUpstream<OnnxMappingCase>('onnx-hardmax.json', 4, (cases) => cases.forEach(testHardmax))
})

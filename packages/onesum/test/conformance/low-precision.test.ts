import { describe, expect, test } from 'vitest'
import { logSoftmax, softmax } from '../../src/index.ts'
import { describeOurs, type TensorJson, tensor } from '../support/cases.ts'
import { expectClose, ulpDistance } from '../support/compare.ts'
import { bitsOfHalf, halfOfBits, halfUlpDistance } from '../support/half.ts'

type LowPrecisionCase = {
  name: string
  op: 'softmax' | 'log_softmax'
  precision: 'float16' | 'bfloat16' | 'float32'
  attrs: { axis: number }
  x: TensorJson
  exact_y: TensorJson
}

/** Spacing of the precision just below 1. PyTorch loses all relative accuracy near 0, and the file says so with it. */
const unit = { float16: 2 ** -10, bfloat16: 2 ** -7, float32: 1e-6 }

/** The bfloat16 nearest to a number, ties to even, as bits: the upper half of a float32. */
function bitsOfBfloat16(value: number): number {
  const word = new Uint32Array(Float32Array.of(value).buffer)[0]
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16
}

describe('low precision', () => {
  describeOurs<LowPrecisionCase>('torch-low-precision.json', 18, (cases) => {
    for (const c of cases) {
      const exact = tensor(c.exact_y).values
      const options = { shape: c.x.shape, axis: c.attrs.axis }
      const run = c.op === 'softmax' ? softmax : logSoftmax

      if (c.precision === 'float16') {
        test(`${c.name}: within one unit of the rounded exact value`, () => {
          const y = run(tensor(c.x).array as Uint16Array, { ...options, dtype: 'float16' })
          expect(y).toBeInstanceOf(Uint16Array)
          const distances = Array.from(y, (bits, i) => halfUlpDistance(bits, bitsOfHalf(exact[i])))
          expect(Math.max(...distances)).toBeLessThanOrEqual(1)
          if (c.op === 'log_softmax') expectClose(Array.from(y, halfOfBits), exact, unit.float16, unit.float16)
        })
      } else if (c.precision === 'bfloat16') {
        // no bfloat16 array exists; its numbers are float32, and the result is rounded here
        test(`${c.name}: within one unit of the rounded exact value`, () => {
          const y = run(Float32Array.from(tensor(c.x).values), options)
          const distances = Array.from(y, (v, i) => Math.abs(bitsOfBfloat16(v) - bitsOfBfloat16(exact[i])))
          expect(Math.max(...distances)).toBeLessThanOrEqual(1)
          if (c.op === 'log_softmax') expectClose(y, exact, unit.bfloat16, unit.bfloat16)
        })
      } else {
        test(`${c.name}: within the float32 bound`, () => {
          const y = run(tensor(c.x).array as Float32Array, options)
          if (c.op === 'softmax') {
            const distances = Array.from(y, (v, i) => ulpDistance(v, Math.fround(exact[i])))
            expect(Math.max(...distances)).toBeLessThanOrEqual(1)
          }
          // the file's log-softmax comes from a float64 log-sum-exp near 76 and is not exact near 0
          else expectClose(y, exact, unit.float32, unit.float32)
        })
      }
    }
  })
})

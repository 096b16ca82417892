import { describe, expect, test } from 'vitest'
import { softmax, softmaxBackward } from '../../src/index.ts'
import { describeOurs, type TensorJson, tensor } from '../support/cases.ts'
import { expectClose } from '../support/compare.ts'

type MaskedCase = {
  name: string
  attrs: { axis: number }
  x: TensorJson
  mask: TensorJson
  y: TensorJson
  gy: TensorJson
  gx: TensorJson
  note?: string
}

/** Cases with rows that keep nothing: PyTorch makes them NaN, here a masked output is 0 and its gradient is 0. */
const emptyRows = new Set(['masked_softmax_3x5_1', 'masked_softmax_2x3x4_1'])

describe('masked softmax', () => {
  describeOurs<MaskedCase>('torch-masked-softmax.json', 9, (cases) => {
    test('the cases whose policy differs are exactly those with a note', () => {
      expect(cases.filter((c) => c.note !== undefined).map((c) => c.name)).toEqual([...emptyRows])
    })
    for (const c of cases) {
      test(c.name, () => {
        const mask = tensor(c.mask).array as Uint8Array
        const kept = Array.from(mask, (m) => m === 1)
        const options = { shape: c.x.shape, axis: c.attrs.axis, mask }
        const policy = (values: Float64Array) =>
          emptyRows.has(c.name) ? values.map((v, i) => (Number.isNaN(v) && !kept[i] ? 0 : v)) : values
        const y = softmax(tensor(c.x).values, options)
        expectClose(y, policy(tensor(c.y).values), 1e-12, 1e-14)
        const gx = softmaxBackward(y, tensor(c.gy).values, options)
        expectClose(gx, policy(tensor(c.gx).values), 1e-12, 1e-14)
        for (const [i, keep] of kept.entries()) {
          if (!keep) expect([y[i], Math.abs(gx[i])]).toEqual([0, 0])
        }
        // a mask of booleans, of 64-bit integers or as a tensor says the same
        for (const same of [kept, BigInt64Array.from(mask, BigInt), { data: mask, dims: c.x.shape }]) {
          expect(softmax(tensor(c.x).values, { ...options, mask: same })).toEqual(y)
        }
      })
    }
  })
})

import { describe, test } from 'vitest'
import { entmaxLoss, entmaxLossWithGrad, sparsemaxLoss, sparsemaxLossWithGrad } from '../../src/index.ts'
import { describeOurs, type TensorJson, tensor } from '../support/cases.ts'
import { expectClose } from '../support/compare.ts'

type LossCase = {
  name: string
  attrs: { alpha: number }
  x: TensorJson
  target: TensorJson
  y: TensorJson
  gx: TensorJson
}

describe('the losses of sparsemax and entmax', () => {
  describeOurs<LossCase>('entmax-losses.json', 8, (cases) => {
    for (const c of cases) {
      test(c.name, () => {
        const x = tensor(c.x).values
        const target = tensor(c.target).array as BigInt64Array
        const options = { shape: c.x.shape, reduction: 'none' as const }
        const { alpha } = c.attrs
        const results = [entmaxLossWithGrad(x, target, { ...options, alpha })]
        if (alpha === 2) results.push(sparsemaxLossWithGrad(x, target, options))
        for (const { loss, grad } of results) {
          expectClose(loss, tensor(c.y).values, 1e-9, 1e-10)
          expectClose(grad, tensor(c.gx).values, 1e-9, 1e-10)
        }
        expectClose(entmaxLoss(x, target, { ...options, alpha }), tensor(c.y).values, 1e-9, 1e-10)
        if (alpha === 2) expectClose(sparsemaxLoss(x, target, options), tensor(c.y).values, 1e-9, 1e-10)
      })
    }
  })
})

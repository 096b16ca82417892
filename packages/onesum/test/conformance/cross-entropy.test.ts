import { describe, expect, test } from 'vitest'
import { crossEntropy, crossEntropyHvp, crossEntropyWithGrad, logSoftmax } from '../../src/index.ts'
import { describeOurs, describeUpstream, type Tensor, type TensorJson, tensor } from '../support/cases.ts'
import { expectClose } from '../support/compare.ts'
import { toNumber } from '../support/double-double.ts'
import { asList, type OnnxLossCase, onnxLossOptions } from '../support/losses.ts'
import { rowOfElement, rowsAlong } from '../support/rows.ts'
import { referenceRow } from '../support/softmax-reference.ts'
import type { TfjsCase } from '../support/upstream-families.ts'

type TorchCase = {
  name: string
  attrs: {
    reduction: 'mean' | 'sum' | 'none'
    ignore_index: number | null
    label_smoothing: number
    class_axis: number
    target_kind: 'index' | 'prob'
  }
  x: TensorJson
  target: TensorJson
  weight: TensorJson | null
  y: TensorJson
  gy: TensorJson
  gx: TensorJson
  v?: TensorJson
  jvp?: TensorJson
  hvp?: TensorJson
  note?: string
}

/**
 * An ignored row that holds NaN: PyTorch multiplies its gradient by 0 and gets NaN. Here an ignored row
 * influences nothing, and its gradient is exactly 0.
 */
const ignoredRowHoldsNaN = new Set([
  'ce_special_nan_row_ignored_none',
  'ce_special_nan_row_ignored_sum',
  'ce_special_nan_row_ignored_mean',
])

function testTorch(c: TorchCase): void {
  const { reduction, class_axis: axis } = c.attrs
  const { shape } = c.x
  const options = {
    shape,
    axis,
    reduction,
    labelSmoothing: c.attrs.label_smoothing,
    ...(c.weight ? { weight: tensor(c.weight).values } : {}),
    // ignored labels are a matter of class indices; PyTorch as well leaves distributions alone
    ...(c.attrs.ignore_index === null || c.attrs.target_kind === 'prob' ? {} : { ignoreIndex: c.attrs.ignore_index }),
  }
  const x = tensor(c.x).values
  const target = tensor(c.target).array as BigInt64Array | Float64Array
  const gy = tensor(c.gy).values
  const rows = rowOfElement(shape, [axis])
  /** Applies the upstream gradient, one number for each row under 'none' and one for all otherwise. */
  const upstream = (own: ArrayLike<number>) =>
    Float64Array.from(own, (g, i) => g * (reduction === 'none' ? gy[rows[i]] : gy[0]))

  if (c.note?.startsWith('degenerate')) {
    test(`${c.name}: a mean over no weight is not a finite number`, () => {
      const { loss, grad } = crossEntropyWithGrad(x, target, options)
      expect(Number.isFinite(loss)).toBe(false)
      expect(Number.isFinite(crossEntropy(x, target, options))).toBe(false)
      // ignored rows stay out of it with gradient 0; kept rows of weight 0 divide 0 by 0
      const want = tensor(c.gx).values
      expect(grad.length).toBe(want.length)
      for (const [i, g] of want.entries()) expect(Number.isFinite(grad[i])).toBe(Number.isFinite(g))
      expectClose(
        Array.from(grad, (g) => (Number.isFinite(g) ? g : NaN)),
        want,
        0,
        0,
      )
    })
    return
  }

  test(c.name, () => {
    const value = asList(crossEntropy(x, target, options))
    expectClose(value, tensor(c.y).values, 1e-11, 1e-12)
    const { loss, grad } = crossEntropyWithGrad(x, target, options)
    expectClose(asList(loss), tensor(c.y).values, 1e-11, 1e-12)
    const wantGradient = tensor(c.gx).values.map((g) => (ignoredRowHoldsNaN.has(c.name) && Number.isNaN(g) ? 0 : g))
    expectClose(upstream(grad), wantGradient, 1e-10, 1e-13)
    if (c.v === undefined || c.jvp === undefined || c.hvp === undefined) return
    const v = tensor(c.v).values
    // the derivative of each loss along v is <grad, v>, by rows where each row has its own
    const jvp = new Float64Array(tensor(c.jvp).values.length)
    for (const [i, g] of Float64Array.from(grad).entries()) jvp[reduction === 'none' ? rows[i] : 0] += g * v[i]
    expectClose(jvp, tensor(c.jvp).values, 1e-10, 1e-12)
    expectClose(upstream(crossEntropyHvp(x, target, v, options)), tensor(c.hvp).values, 1e-8, 1e-12)
  })
}

function testOnnx(c: OnnxLossCase): void {
  test(c.name, () => {
    const x = tensor(c.inputs[0])
    const options = onnxLossOptions(c)
    const data = x.array as Float32Array
    const target = tensor(c.inputs[1]).array as BigInt64Array
    const loss = asList(crossEntropy(data, target, options))
    expectClose(loss, tensor(c.outputs[0]).values, c.rtol, c.atol)
    expectClose(asList(crossEntropyWithGrad(data, target, options).loss), tensor(c.outputs[0]).values, c.rtol, c.atol)
    // each kept row within 1e-6 of its exact loss, or one subnormal step, whatever the reduction
    const rows = crossEntropy(data, target, { ...options, reduction: 'none' })
    for (const [r, offsets] of rowsAlong(x.shape, 1).entries()) {
      const label = Number(target[r])
      if (label === options.ignoreIndex) continue
      const { logProbabilities } = referenceRow(offsets.map((o) => data[o]))
      const exact = -(options.weight?.[label] ?? 1) * toNumber(logProbabilities[label])
      expect(Math.abs(rows[r] - exact)).toBeLessThanOrEqual(Math.max(1e-6 * Math.abs(exact), 2 ** -149))
    }
    if (c.outputs.length < 2) return
    const logProbabilities = logSoftmax(data, { shape: x.shape, axis: 1 })
    expectClose(logProbabilities, tensor(c.outputs[1]).values, c.rtol, c.atol)
  })
}

/** TensorFlow.js's reductions of row losses, whose weights belong to rows (with broadcasting) and not to classes. */
function tfjsReduce(losses: ArrayLike<number>, weights: Tensor | undefined, reduction: string): number[] {
  const rows = losses.length
  const size = weights?.values.length ?? rows
  const weighted = Array.from({ length: size }, (_, i) => losses[i % rows] * (weights?.values[i] ?? 1))
  if (reduction === 'NONE') return weighted
  const sum = weighted.reduce((a, b) => a + b, 0)
  if (weights === undefined) return [sum / size]
  const total = weights.values.reduce((a, b) => a + b, 0)
  return [sum / (reduction === 'MEAN' ? total : weights.values.filter((w) => w !== 0).length)]
}

describe('cross-entropy', () => {
  describeOurs<TorchCase>('torch-cross-entropy.json', 227, (cases) => {
    test('every case whose policy differs is there, and 24 are degenerate', () => {
      expect(cases.filter((c) => ignoredRowHoldsNaN.has(c.name)).length).toBe(ignoredRowHoldsNaN.size)
      expect(cases.filter((c) => c.note?.startsWith('degenerate')).length).toBe(24)
    })
    for (const c of cases) testTorch(c)
  })
  describeOurs<OnnxLossCase>('onnx-softmax-cross-entropy-loss.json', 90, (cases) => cases.forEach(testOnnx))
  describeUpstream<OnnxLossCase>('onnx-softmax-cross-entropy-loss.json', 20, (cases) => cases.forEach(testOnnx))

  describeUpstream<TfjsCase>('tfjs-softmax-family.json', 41, (cases) => {
    const ours = cases.filter((c) => c.family === 'softmax_cross_entropy')
    test('8 of them are cross-entropy', () => expect(ours.length).toBe(8))
    // left out: "shape mismatch throws" has no numbers; a distribution of the wrong size is among the wrong inputs
    for (const c of ours.filter((c) => c.outputs !== undefined)) {
      test(c.name, () => {
        const [labels, logits, weights] = c.inputs.map(tensor)
        const losses = crossEntropy(logits.array as Float32Array, labels.array as Float32Array, {
          shape: logits.shape,
          labelSmoothing: c.attrs.labelSmoothing ?? 0,
          reduction: 'none',
        })
        const got = tfjsReduce(losses, weights, c.attrs.reduction ?? '')
        expectClose(got, tensor(c.outputs?.[0] as TensorJson).values, c.atol, c.atol)
      })
    }
  })
})

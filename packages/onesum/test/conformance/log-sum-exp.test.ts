import { describe, expect, test } from 'vitest'
import { logSumExp, logSumExpBackward, logSumExpHvp, logSumExpJvp } from '../../src/index.ts'
import { describeOurs, describeUpstream, type TensorJson, tensor } from '../support/cases.ts'
import { expectClose, halfOrSingleUlps, maxAbs, ulp32 } from '../support/compare.ts'
import { add, toNumber } from '../support/double-double.ts'
import { rowOfElement } from '../support/rows.ts'
import { referenceRow } from '../support/softmax-reference.ts'
import type { ScipyCase, TfjsCase } from '../support/upstream-families.ts'

type TorchCase = {
  name: string
  attrs: { axes: number[]; keepdims: boolean }
  x: TensorJson
  y: TensorJson
  gy: TensorJson
  gx: TensorJson
  v?: TensorJson
  jvp?: TensorJson
  hvp?: TensorJson
}

/**
 * Rows that hold +Infinity: PyTorch's gradient is NaN at the infinite entries and 0 elsewhere. Ours is
 * gy · softmax(x), and the softmax of such a row is NaN throughout.
 */
const wholeRowNaN = new Set([
  'logsumexp_special_pos_inf_one',
  'logsumexp_special_pos_inf_one_2d',
  'logsumexp_special_pos_inf_two',
  'logsumexp_special_pos_inf_two_2d',
  'logsumexp_special_mixed_inf',
  'logsumexp_special_mixed_inf_2d',
])

/** The expected gradient under our policy: in the cases named above, NaN wherever PyTorch has a NaN in the row. */
function expectedGradient(c: TorchCase): Float64Array {
  const gx = tensor(c.gx).values
  if (!wholeRowNaN.has(c.name)) return gx
  const alongFirst = c.x.shape.length === 2 && c.attrs.axes[0] === 0
  const columns = c.x.shape[c.x.shape.length - 1]
  const rowOf = (i: number) => (alongFirst ? i % columns : Math.floor(i / columns))
  return gx.map((g, i) => (gx.some((other, k) => Number.isNaN(other) && rowOf(k) === rowOf(i)) ? NaN : g))
}

/** Holds float32 results within 3 ulp of max(|max x|, |result|) of the exact value of their own logits. */
function expectUlps(y: ArrayLike<number>, x: ArrayLike<number>, shape: number[], axes: number[]): void {
  const row = rowOfElement(shape, axes)
  for (let r = 0; r < y.length; r++) {
    const logits = Array.from(x).filter((_, i) => row[i] === r)
    if (!logits.every((v) => v < Infinity) || !logits.some(Number.isFinite)) continue
    const largest = logits.reduce((a, b) => Math.max(a, b))
    const exact = toNumber(add([largest, 0], referenceRow(logits).logSum))
    const unit = ulp32(Math.max(Math.abs(largest), Math.abs(exact)))
    expect(Math.abs(y[r] - exact)).toBeLessThanOrEqual(3 * unit)
  }
}

describe('log-sum-exp', () => {
  describeOurs<TorchCase>('torch-logsumexp.json', 220, (cases) => {
    test('every case whose policy differs is there', () => {
      expect(cases.filter((c) => wholeRowNaN.has(c.name)).length).toBe(wholeRowNaN.size)
    })
    for (const c of cases) {
      test(c.name, () => {
        const { shape } = c.x
        const x = tensor(c.x).values
        const options = { axis: c.attrs.axes, keepDims: c.attrs.keepdims }
        const y = logSumExp({ data: x, shape }, options)
        expect(y.shape).toEqual(c.y.shape)
        expectClose(y.data, tensor(c.y).values, 1e-13, 1e-300)
        const gy = tensor(c.gy).values
        const flat = { shape, ...options }
        expectClose(logSumExpBackward(x, gy, flat), expectedGradient(c), 1e-11, 1e-13 * maxAbs(gy))
        if (c.v === undefined || c.jvp === undefined || c.hvp === undefined) return
        const v = tensor(c.v).values
        expectClose(logSumExpJvp(x, v, flat), tensor(c.jvp).values, 1e-11, 1e-13 * maxAbs(v))
        expectClose(logSumExpHvp(x, gy, v, flat), tensor(c.hvp).values, 1e-9, 1e-12)
      })
    }
    for (const c of cases.filter((c) => maxAbs(tensor(c.x).values) < 100)) {
      test(`${c.name} in float32`, () => {
        const y = logSumExp(Float32Array.from(tensor(c.x).values), { shape: c.x.shape, axis: c.attrs.axes })
        expectClose(y, tensor(c.y).values, 2e-6, 1e-7)
        expectUlps(y, Float32Array.from(tensor(c.x).values), c.x.shape, c.attrs.axes)
      })
    }
  })

  type OnnxCase = {
    name: string
    attrs: { keepdims?: number }
    inputs: TensorJson[]
    outputs: TensorJson[]
    rtol: number
    atol: number
  }
  function testOnnx(c: OnnxCase): void {
    test(c.name, () => {
      const x = tensor(c.inputs[0])
      const want = tensor(c.outputs[0])
      // axes left out, or an empty tensor of axes, is ONNX for all of them
      const listed = c.inputs[1] === undefined ? [] : Array.from(tensor(c.inputs[1]).values)
      const axis = listed.length > 0 ? listed : [...x.shape.keys()]
      const data = x.array as Float32Array | Float64Array
      const y = logSumExp({ data, shape: x.shape }, { axis, keepDims: c.attrs.keepdims !== 0 })
      expect(y.shape).toEqual(want.shape)
      expectClose(y.data, want.values, c.rtol, c.atol)
      if (data instanceof Float32Array) expectUlps(y.data, data, x.shape, axis)
    })
  }
  describeOurs<OnnxCase>('onnx-reduce-log-sum-exp.json', 6, (cases) => cases.forEach(testOnnx))
  describeUpstream<OnnxCase>('onnx-reduce-log-sum-exp.json', 5, (cases) => cases.forEach(testOnnx))

  type WptCase = {
    name: string
    attrs: { axes?: number[]; keepDimensions?: boolean }
    inputs: TensorJson[]
    outputs: TensorJson[]
    tolerance: { value: number }
  }
  describeUpstream<WptCase>('wpt-webnn-reduce-log-sum-exp.json', 27, (cases) => {
    for (const c of cases) {
      test(c.name, () => {
        const x = tensor(c.inputs[0])
        const want = tensor(c.outputs[0])
        const axis = c.attrs.axes ?? [...x.shape.keys()]
        const half = x.dtype === 'float16'
        const data = x.array as Float32Array | Uint16Array
        const input = { data, dims: x.shape, type: x.dtype }
        const y = logSumExp(input, { axis, keepDims: c.attrs.keepDimensions ?? false })
        expect(y.dims).toEqual(want.shape)
        expect(y.type).toBe(x.dtype)
        const distances = Array.from(y.data, (got, i) => halfOrSingleUlps(half, got, Number(want.array[i])))
        expect(distances.length).toBe(want.values.length)
        expect(Math.max(...distances)).toBeLessThanOrEqual(c.tolerance.value)
      })
    }
  })

  describeUpstream<ScipyCase>('scipy-logsumexp-softmax.json', 44, (cases) => {
    const ours = cases.filter((c) => c.op === 'logsumexp')
    test('14 of them are log-sum-exp', () => expect(ours.length).toBe(14))
    for (const c of ours) {
      test(c.name, () => {
        const x = tensor(c.inputs[0])
        const axis = c.attrs.axis ?? [...x.shape.keys()]
        const y = logSumExp({ data: x.values, shape: x.shape }, { axis, keepDims: c.attrs.keepdims ?? false })
        expect(y.shape).toEqual(c.outputs[0].shape)
        // the stored tolerances are as loose as 1e-7; float64 has no need of that, 1e-12 is what [0, -40] asks
        expectClose(y.data, tensor(c.outputs[0]).values, Math.max(Math.min(c.rtol, 1e-12), 1e-13), 0)
      })
    }
    test('the eight cases left out weight each term, possibly with a sign, which this library does not offer', () => {
      const names = cases.filter((c) => c.op === 'logsumexp_b').map((c) => c.name)
      expect(names.sort()).toEqual([
        'b [1000,1000]',
        'b arange200',
        'b cancels to zero return_sign',
        'b signs [1,1,1]*[1,-1,-1] return_sign',
        'b zero weight kills big term',
        'gh22903 negative weight on max',
        'gh22903 net negative -> NaN',
        'gh23548 [inf]*[-1] return_sign',
      ])
    })
  })

  describeUpstream<TfjsCase>('tfjs-softmax-family.json', 41, (cases) => {
    const ours = cases.filter((c) => c.family === 'log_sum_exp')
    test('9 of them are log-sum-exp', () => expect(ours.length).toBe(9))
    for (const c of ours) {
      test(c.name, () => {
        const x = tensor(c.inputs[0])
        const want = tensor(c.outputs?.[0] as TensorJson)
        const axis = c.attrs.axes ?? [...x.shape.keys()]
        const input = { data: x.array as Float32Array, shape: x.shape }
        const y = logSumExp(input, { axis, keepDims: c.attrs.keepDims ?? false })
        expect(y.shape).toEqual(want.shape)
        expectClose(y.data, want.values, c.atol, c.atol)
      })
    }
  })
})

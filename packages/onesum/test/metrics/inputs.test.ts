import fc from 'fast-check'
import { Tensor } from 'onnxruntime-common'
import { describe, expect, test } from 'vitest'
import { Evaluation, evaluate } from '../../src/metrics/index.ts'
import { bitsOfHalf, halfOfBits } from '../support/half.ts'
import { holds } from '../support/property.ts'
import { rowsAlong } from '../support/rows.ts'
import { labelled } from './arbitraries.ts'

/** Rows whose logits every precision can hold. */
const halves = labelled(true).map(({ rows, ...rest }) => ({
  rows: rows.map((x) => x.map((value) => halfOfBits(bitsOfHalf(value)))),
  ...rest,
}))

const from = 'logits'

describe('every kind of array gives the same metrics', () => {
  test('scores: number[], float16, float32, float64 and tensors', () => {
    holds([halves], ({ rows, labels, classes }) => {
      const x = rows.flat()
      const shape = [rows.length, classes]
      const want = evaluate(x, labels, { shape, from })
      const single = Float32Array.from(x)
      const bits = Uint16Array.from(x, bitsOfHalf)
      expect(evaluate(single, labels, { shape, from })).toEqual(want)
      expect(evaluate(Float64Array.from(x), labels, { shape, from })).toEqual(want)
      expect(evaluate(bits, labels, { shape, from, dtype: 'float16' })).toEqual(want)
      expect(evaluate({ data: single, dims: shape, type: 'float32' }, labels, { from })).toEqual(want)
      expect(evaluate({ data: bits, dims: shape, type: 'float16' }, labels, { from })).toEqual(want)
      expect(evaluate({ data: x, shape }, labels, { from })).toEqual(want)
      expect(evaluate({ dataSync: () => single, shape }, labels, { from })).toEqual(want)
      expect(evaluate(new Tensor('float32', single, shape), labels, { from })).toEqual(want)
    })
  })

  test('labels: number[], whole numbers of any size, floats and tensors', () => {
    holds([halves], ({ rows, labels, classes }) => {
      const x = rows.flat()
      const options = { shape: [rows.length, classes], from } as const
      const want = evaluate(x, labels, options)
      const big = BigInt64Array.from(labels, BigInt)
      const kinds = [
        Uint8Array.from(labels),
        Int16Array.from(labels),
        Uint16Array.from(labels),
        Int32Array.from(labels),
        Float32Array.from(labels),
        Float64Array.from(labels),
        big,
        BigUint64Array.from(labels, BigInt),
        { data: big, dims: [labels.length], type: 'int64' },
        { data: Int32Array.from(labels), shape: [labels.length] },
        { dataSync: () => Int32Array.from(labels), shape: [labels.length] },
        new Tensor('int64', big, [labels.length]),
      ]
      for (const kind of kinds) expect(evaluate(x, kind, options)).toEqual(want)
    })
  })

  test('batches of different kinds add up to one of them', () => {
    holds([halves], ({ rows, labels, classes }) => {
      const mixed = new Evaluation({ from })
      for (const [r, x] of rows.entries()) {
        const label = labels.slice(r, r + 1)
        if (r % 4 === 0) mixed.add(x, label)
        else if (r % 4 === 1) mixed.add(Float32Array.from(x), Int32Array.from(label))
        else if (r % 4 === 2) mixed.add(Uint16Array.from(x, bitsOfHalf), label, { dtype: 'float16' })
        else mixed.add({ data: Float64Array.from(x), dims: [1, classes] }, BigInt64Array.from(label, BigInt))
      }
      const single = new Evaluation({ from })
      for (const [r, x] of rows.entries()) single.add(x, [labels[r]])
      expect(mixed.toJSON()).toEqual(single.toJSON())
    })
  })

  test('inputs are not changed', () => {
    const x = Float64Array.of(3, 1, -2, 0.5, 0.25, 8)
    const labels = Int32Array.of(1, 2)
    evaluate(x, labels, { shape: [2, 3] })
    expect([...x, ...labels]).toEqual([3, 1, -2, 0.5, 0.25, 8, 1, 2])
  })
})

describe('the axis of the classes', () => {
  const dimensions = fc.tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 2, max: 5 }),
    fc.integer({ min: 1, max: 4 }),
  )

  test('any axis gives what its rows give, labels in the order of the other axes', () => {
    holds([dimensions, fc.integer({ min: -3, max: 2 }), fc.integer()], (shape, axis, seed) => {
      const x = Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => Math.sin(i * 12.9898 + seed) * 5)
      const rows = rowsAlong(shape, axis).map((indices) => indices.map((i) => x[i]))
      const labels = rows.map((row, r) => (r * 7 + 3) % row.length)
      const want = evaluate(rows.flat(), labels, { shape: [rows.length, rows[0].length], from })
      expect(evaluate(x, labels, { shape, axis, from })).toEqual(want)
      expect(evaluate({ data: Float64Array.from(x), dims: shape }, labels, { axis, from })).toEqual(want)
    })
  })

  test('is an option of each batch', () => {
    const evaluation = new Evaluation()
      .add([3, 1, 0, 5], [1, 1], { shape: [2, 2], axis: 0 })
      .add([3, 0, 1, 5], [1, 1], { shape: [2, 2] })
    expect(evaluation.result().accuracy).toBe(0.5)
    expect(evaluation.rows).toBe(4)
  })
})

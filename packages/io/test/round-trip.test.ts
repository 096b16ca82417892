import fc from 'fast-check'
import { encodeFloat16 } from 'onesum'
import { describe, expect, it } from 'vitest'
import type { Dtype, Format, Values } from '../src/index.ts'
import { bytesSource } from '../src/index.ts'
import { readAll, sources, written } from './helpers.ts'

const formats: Format[] = ['npy', 'csv', 'tsv', 'json', 'jsonl']
const dtypes: Dtype[] = ['float16', 'float32', 'float64']
const edges = [0, -0, Number.NaN, 1 / 0, -1 / 0]
const elements: Record<Dtype, fc.Arbitrary<number>> = {
  // 2^-24 is the smallest subnormal, 65504 the largest number
  float16: fc.oneof(
    fc.integer({ min: 0, max: 65535 }),
    fc.constantFrom(0x0001, 0x03ff, 0x7bff, 0x8000, 0x7c00, 0xfc00, 0x7e00),
  ),
  float32: fc.oneof(fc.float(), fc.constantFrom(...edges, 2 ** -149, 2 ** -126, -3.4028234663852886e38)),
  float64: fc.oneof(fc.double(), fc.constantFrom(...edges, 5e-324, 2 ** -1022, -Number.MAX_VALUE)),
}
const arrays = { float16: Uint16Array, float32: Float32Array, float64: Float64Array }

/** The numbers as elements of a type, NaN with one bit pattern. */
function bits(values: Iterable<number>, dtype: Dtype): Values {
  const array: Values = dtype === 'float16' ? Uint16Array.from(values) : arrays[dtype].from(values)
  if (array instanceof Uint16Array) return array.map((half) => ((half & 0x7fff) > 0x7c00 ? 0x7e00 : half))
  return array.map((value) => (Number.isNaN(value) ? Number.NaN : value))
}

describe.each(formats)('%s', (format) => {
  it.each(dtypes)('reads back the same bits it was given as %s', async (dtype) => {
    const table = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
      .chain(([rows, columns]) =>
        fc.tuple(
          fc.constant([rows, columns] as const),
          fc.array(elements[dtype], { minLength: rows * columns, maxLength: rows * columns }),
          fc.boolean(),
          fc.constantFrom(...Object.keys(sources)),
        ),
      )
    await fc.assert(
      fc.asyncProperty(table, async ([[rows, columns], numbers, known, kind]) => {
        const values = bits(numbers, dtype)
        const file = await written(values, { format, dtype, shape: [known ? rows : undefined, columns] }, 5)
        const source = await (sources[kind] as NonNullable<(typeof sources)[string]>)(`a.${format}`, file)
        const back = await readAll(source, { header: false, batchBytes: 40 })
        expect(back).toMatchObject({ columns, dtype: format === 'npy' ? dtype : 'float64' })
        // text comes back as float64, so float16 goes through the cast to the file's type
        const again = format !== 'npy' && dtype === 'float16' ? encodeFloat16(back.values) : back.values
        expect(bits(again, dtype)).toEqual(values)
      }),
      { numRuns: 100 },
    )
  })

  it('reads back names and labels beside them', async () => {
    const names = ['plain', 'a "quoted", name', 'größe\tx']
    const file = await written([1, 2, 0, 4, 5, 1], { format, dtype: 'float64', shape: [2, 3], names })
    if (format === 'npy') return expect((await readAll(bytesSource('a.npy', file))).values).toEqual([1, 2, 0, 4, 5, 1])
    const back = await readAll(bytesSource(`a.${format}`, file), { labelColumn: -1 })
    expect(back).toMatchObject({ values: [1, 2, 4, 5], labels: [0, 1], columns: 2 })
    expect(back.names).toEqual(format === 'csv' || format === 'tsv' ? names.slice(0, 2) : undefined)
  })
})

describe('shapes', () => {
  const shapes = [[], [3], [1, 1], [2, 3, 4], [1, 1, 5], [3, 0], [2, 2, 0]]
  it.each(shapes.map((shape) => [shape]))('%j come back from NPY and JSON', async (shape) => {
    const length = shape.reduce((product, axis) => product * axis, 1)
    const values = Float64Array.from({ length }, (_, index) => index / 3)
    for (const format of ['npy', 'json'] as const) {
      const file = await written(values, { format, dtype: 'float64', shape })
      const back = await readAll(bytesSource(`a.${format}`, file))
      expect(back.values).toEqual([...values])
      expect(back.shape.slice(1)).toEqual(shape.slice(1))
      expect(back.batches.reduce((sum, rows) => sum + rows, 0)).toBe(shape.length < 2 ? 1 : shape[0])
    }
  })
})

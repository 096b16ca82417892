import { describe, expect, it } from 'vitest'
import { bytesSource, openFeatures, type ReadOptions } from '../src/index.ts'
import { npy, problem, sources, trickle, utf8 } from './helpers.ts'

async function read(source: Parameters<typeof openFeatures>[0], options?: ReadOptions) {
  const reader = await openFeatures(source, options)
  const values: number[] = []
  const labels: (number | string)[] = []
  let kind = ''
  for await (const batch of reader.batches()) {
    values.push(...batch.values)
    labels.push(...(batch.labels ?? []))
    kind = batch.values.constructor.name
  }
  await reader.close()
  return { values, labels, kind, dtype: reader.dtype, shape: reader.shape, names: reader.names }
}

/** Two rows of two whole numbers. */
const whole = (descr: string, data: ArrayBufferView): Uint8Array<ArrayBuffer> =>
  npy(
    `{'descr': '${descr}', 'fortran_order': False, 'shape': (2, 2), }`,
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  )

describe('features', () => {
  it.each([
    ['|u1', Uint8Array.of(0, 1, 254, 255), 'float32'],
    ['|i1', Int8Array.of(-128, -1, 0, 127), 'float32'],
    ['<u2', Uint16Array.of(0, 1, 2, 65535), 'float32'],
    ['<i2', Int16Array.of(-32768, 0, 1, 32767), 'float32'],
    ['<i4', Int32Array.of(-(2 ** 31), 0, 1, 2 ** 31 - 1), 'float64'],
    ['<u4', Uint32Array.of(0, 1, 2, 2 ** 32 - 1), 'float64'],
    ['<i8', BigInt64Array.of(-(2n ** 53n), 0n, 1n, 2n ** 53n), 'float64'],
    ['|b1', Uint8Array.of(0, 1, 1, 0), 'float32'],
    ['<f4', Float32Array.of(0.5, 1, 2, 3), 'float32'],
    ['<f8', Float64Array.of(0.1, 1, 2, 3), 'float64'],
  ])('in NPY may be %s', async (descr, data, dtype) => {
    const bytes = whole(descr, data)
    const expected = Array.from(data as unknown as ArrayLike<number | bigint>, Number)
    for (const source of [...Object.values(sources).map((make) => make('x.npy', bytes)), trickle('x.npy', bytes)]) {
      const found = await read(await source)
      expect(found).toMatchObject({ values: expected, dtype, shape: [2, 2] })
      expect(found.kind).toBe(dtype === 'float32' ? 'Float32Array' : 'Float64Array')
    }
  })

  it('of whole numbers come in ranges too', async () => {
    const reader = await openFeatures(bytesSource('x.npy', whole('|u1', Uint8Array.of(1, 2, 3, 4))))
    const parts: number[][] = []
    for await (const { values } of reader.chunks?.(3) ?? []) parts.push([...values])
    expect(parts).toEqual([[1, 2, 3], [4]])
  })

  it('in JSON Lines stand under their own key', async () => {
    const text = '{"features":[1,2],"kind":"a"}\n{"features":[3,4],"kind":"b"}\n'
    const found = await read(bytesSource('x.jsonl', utf8(text)), { labelColumn: 'kind' })
    expect([found.values, found.labels]).toEqual([
      [1, 2, 3, 4],
      ['a', 'b'],
    ])
    expect(await problem(read(bytesSource('x.jsonl', utf8('{"logits":[1]}\n'))))).toContain('"features"')
  })

  it('in CSV are named by the header, and leave the label column out', async () => {
    const found = await read(bytesSource('x.csv', utf8('a,kind,b\n1,x,2\n')), { labelColumn: 'kind' })
    expect([found.names, found.values, found.labels]).toEqual([['a', 'b'], [1, 2], ['x']])
  })

  it('are refused where they are text', async () => {
    expect(await problem(read(bytesSource('x.csv', utf8('1,2\n3,four\n'))))).toContain('line 2, column 1')
    const text = whole('<U1', new Uint8Array(16))
    expect(await problem(read(bytesSource('x.npy', text)))).toContain('is text')
  })
})

import { describe, expect, it } from 'vitest'
import type { Format, Sink } from '../src/index.ts'
import { bytesSink, createWriter } from '../src/index.ts'
import { fixture, problem, written, writtenText } from './helpers.ts'

const none = { dtype: 'float32', names: undefined } as const
const count = (length: number) => Float32Array.from({ length }, (_, index) => index)
const formats: Format[] = ['npy', 'csv', 'tsv', 'json', 'jsonl']

describe('NPY written', () => {
  it('is what numpy writes, byte for byte', async () => {
    expect(await written(count(24), { format: 'npy', dtype: 'float32', shape: [2, 3, 4] })).toEqual(fixture('cube.npy'))
    expect(await written(count(5), { format: 'npy', dtype: 'float64', shape: [5] })).toEqual(fixture('flat.npy'))
    expect(await written([2.5], { format: 'npy', dtype: 'float64', shape: [] })).toEqual(fixture('scalar.npy'))
    expect(await written([], { format: 'npy', dtype: 'float32', shape: [0, 3] })).toEqual(fixture('no-rows.npy'))
    expect(await written([], { format: 'npy', dtype: 'float32', shape: [3, 0] })).toEqual(fixture('no-columns.npy'))
  })

  it('gets its number of rows at the end when it was unknown', async () => {
    const file = await written(count(24), { format: 'npy', dtype: 'float32', shape: [undefined, 3, 4] })
    expect(new TextDecoder('latin1').decode(file.subarray(10, 128))).toMatch(/'shape': \(2, 3, 4\), } +\n$/)
    expect(file.subarray(file.length - 96)).toEqual(fixture('cube.npy').subarray(128))
  })

  it('cannot go to a stream without its number of rows', async () => {
    const { writeAt: _, ...stream } = bytesSink('stdout')
    const begun = createWriter(stream as Sink, { format: 'npy', dtype: 'float32', shape: [undefined, 3] })
    expect(await problem(begun)).toBe(
      'stdout: NPY begins with the number of rows, which is not known yet; write csv or jsonl, or into a file',
    )
  })
})

describe('CSV and TSV written', () => {
  it('have a header when there are names, quoted where needed', async () => {
    const names = ['cat', 'do"g', 'a,b', ' x']
    expect(await writtenText(count(4), { format: 'csv', dtype: 'float32', shape: [1, 4], names })).toBe(
      'cat,"do""g","a,b"," x"\n0,1,2,3\n',
    )
    expect(await writtenText(count(4), { format: 'tsv', dtype: 'float32', shape: [1, 4], names })).toBe(
      'cat\t"do""g"\ta,b\t" x"\n0\t1\t2\t3\n',
    )
  })

  it('take a line for each entry of the last axis', async () => {
    expect(await writtenText(count(8), { ...none, format: 'csv', shape: [2, 2, 2] })).toBe('0,1\n2,3\n4,5\n6,7\n')
    expect(await writtenText(count(2), { ...none, format: 'csv', shape: [2] })).toBe('0,1\n')
    expect(await writtenText(count(1), { ...none, format: 'csv', shape: [] })).toBe('0\n')
  })

  it('take plain numbers, whole ones as such', async () => {
    const names = ['row', 'class']
    expect(await writtenText([0, 7, 1, 123456], { format: 'csv', dtype: 'float64', shape: [2, 2], names })).toBe(
      'row,class\n0,7\n1,123456\n',
    )
    expect(await writtenText([0, 7], { format: 'jsonl', dtype: 'float64', shape: [1, 2], names })).toBe('[0,7]\n')
  })

  it('have words for non-finite numbers', async () => {
    const values = [Number.NaN, 1 / 0, -1 / 0, -0]
    expect(await writtenText(values, { ...none, format: 'csv', shape: [1, 4] })).toBe('NaN,Infinity,-Infinity,-0\n')
  })

  it('refuse names that do not fit, and tables without columns', async () => {
    const sink = bytesSink('a.csv')
    await expect(createWriter(sink, { ...none, format: 'csv', shape: [1, 2], names: ['a'] })).rejects.toThrow(
      new RangeError('createWriter: "names" expected 2 names, got 1'),
    )
    for (const format of ['csv', 'tsv', 'jsonl'] as const) {
      expect(await problem(createWriter(bytesSink('a'), { ...none, format, shape: [2, 0] }))).toBe(
        'a: a table without columns cannot be written as lines; use .npy or .json',
      )
    }
  })
})

describe('JSON written', () => {
  it('nests as the shape says', async () => {
    expect(await writtenText(count(8), { ...none, format: 'json', shape: [2, 2, 2] })).toBe(
      '[[[0,1],[2,3]],\n[[4,5],[6,7]]]\n',
    )
    expect(await writtenText(count(4), { ...none, format: 'json', shape: [undefined, 2] })).toBe('[[0,1],\n[2,3]]\n')
    expect(await writtenText(count(3), { ...none, format: 'json', shape: [3] })).toBe('[0,1,2]\n')
    expect(await writtenText(count(3), { ...none, format: 'json', shape: [3, 1] })).toBe('[[0],\n[1],\n[2]]\n')
    expect(await writtenText(count(1), { ...none, format: 'json', shape: [] })).toBe('0\n')
  })

  it('keeps the shape without elements', async () => {
    expect(await writtenText([], { ...none, format: 'json', shape: [0, 3] })).toBe('[]\n')
    expect(await writtenText([], { ...none, format: 'json', shape: [2, 0] })).toBe('[[],[]]\n')
    expect(await writtenText([], { ...none, format: 'json', shape: [2, 1, 0] })).toBe('[[[]],[[]]]\n')
  })

  it('has strings for non-finite numbers, in JSON Lines too', async () => {
    const values = [Number.NaN, 1 / 0, -1 / 0, -0]
    const row = '["NaN","Infinity","-Infinity",-0]'
    expect(await writtenText(values, { ...none, format: 'json', shape: [1, 4] })).toBe(`[${row}]\n`)
    expect(await writtenText(values, { ...none, format: 'jsonl', shape: [1, 4] })).toBe(`${row}\n`)
  })
})

describe.each(formats)('a %s writer', (format) => {
  it('throws and leaves nothing when the values are fewer or more than the shape takes', async () => {
    for (const [values, shape, message] of [
      [3, [2, 2], 'out: shape (2, 2) takes 4 values, got 3'],
      [5, [2, 2], 'out: shape (2, 2) takes 4 values, got 5'],
      [3, [undefined, 2], 'out: 3 values were written, which is no whole number of rows of 2'],
    ] as const) {
      const sink = bytesSink('out')
      let aborted = 0
      const watched = { ...sink, abort: async () => void aborted++ }
      const writer = await createWriter(watched, { format, dtype: 'float32', shape })
      const writing = async () => {
        await writer.write(count(values))
        await writer.finish()
      }
      await expect(writing()).rejects.toThrow(new Error(message))
      expect(aborted).toBe(1)
      expect(() => sink.bytes()).toThrow('out: nothing was committed')
    }
  })

  it('takes values in pieces of any length', async () => {
    const options = { format, dtype: 'float32', shape: [4, 3, 2] } as const
    const whole = await written(count(24), options)
    for (const step of [1, 5, 7, 23]) expect(await written(count(24), options, step)).toEqual(whole)
  })

  it('rounds to its element type once, from any kind of array', async () => {
    // just above the middle of two float16, and on the middle as float32: rounding twice would go down
    const value = 1 + 2 ** -11 + 2 ** -30
    const half = await written([value], { format, dtype: 'float16', shape: [1, 1] })
    expect(half).toEqual(await written(Uint16Array.of(0x3c01), { format, dtype: 'float16', shape: [1, 1] }))
    const single = await written(Float64Array.of(0.1), { format, dtype: 'float32', shape: [1, 1] })
    expect(single).toEqual(await written(Float32Array.of(0.1), { format, dtype: 'float32', shape: [1, 1] }))
    const wide = await written(Uint16Array.of(0x3555), { format, dtype: 'float64', shape: [1, 1] })
    expect(wide).toEqual(await written([0.333251953125], { format, dtype: 'float64', shape: [1, 1] }))
  })
})

import { describe, expect, it } from 'vitest'
import type { LabelOptions } from '../src/index.ts'
import { bytesSource, openLabels } from '../src/index.ts'
import { fixture, npy, problem, readLabels, sources, trickle, utf8 } from './helpers.ts'

const text = (name: string, content: string, options?: LabelOptions) =>
  readLabels(bytesSource(name, utf8(content)), options)
const classNames = ['cat', 'dog', 'eel']

describe.each(Object.keys(sources))('labels read from %s', (kind) => {
  const open = sources[kind] as NonNullable<(typeof sources)[string]>

  it.each(['i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8', 'big-i8', 'column'])(
    'reads NPY %s',
    async (code) => {
      const name = `labels-${code}.npy`
      expect(await readLabels(await open(name, fixture(name)))).toEqual([0, 3, 1, 2])
    },
  )

  it.each([
    ['a.csv', '2\n0\n1\n'],
    ['a.csv', 'truth\n2\n0\n1\n'],
    ['a.tsv', 'id\tlabel\n7\t2\n8\t0\n9\t1\n'],
    ['a.csv', 'eel\ncat\ndog\n'],
    ['a.csv', 'truth\neel\ncat\n"dog"\r\n\r\n'],
    ['a.json', '[2, 0, 1]'],
    ['a.json', '["eel", "cat", "dog"]'],
    ['a.json', '[[2], [0], [1]]'],
    ['a.jsonl', '2\n0\n1\n'],
    ['a.jsonl', '"eel"\n"cat"\n"dog"\n\n'],
    ['a.jsonl', '{"label":2}\n{"label":0}\n{"label":1}'],
  ])('reads %s with %j', async (name, content) => {
    for (const step of [1, 2, 100]) {
      expect(await readLabels(await open(name, utf8(content)), { classNames }, step)).toEqual([2, 0, 1])
    }
  })
})

describe('labels', () => {
  it('know their number of rows in NPY only', async () => {
    expect((await openLabels(bytesSource('a.npy', fixture('labels-u1.npy')))).rows).toBe(4)
    expect((await openLabels(bytesSource('a.csv', utf8('1\n')))).rows).toBeUndefined()
  })

  it('let bool and negative numbers through', async () => {
    expect(await readLabels(bytesSource('a.npy', fixture('labels-bool.npy')))).toEqual([1, 0, 1])
    expect(await readLabels(bytesSource('a.npy', fixture('labels-negative.npy')))).toEqual([-1, 3])
    expect(await text('a.csv', '-1\n3.0\n')).toEqual([-1, 3])
  })

  it('come from the chosen column', async () => {
    const content = 'id,truth,label\n5,cat,2\n6,dog,1\n'
    expect(await text('a.csv', content, { labelColumn: 'truth', classNames })).toEqual([0, 1])
    expect(await text('a.csv', content, { labelColumn: -1 })).toEqual([2, 1])
    expect(await text('a.csv', content)).toEqual([2, 1])
    expect(await text('a.csv', '5,2\n6,1\n', { labelColumn: 1 })).toEqual([2, 1])
    expect(await text('a.jsonl', '{"truth":2}\n{"truth":1}\n', { labelColumn: 'truth' })).toEqual([2, 1])
  })

  it('are names before they are numbers where the classes have numeric names', async () => {
    expect(await text('a.csv', '8\n3\n', { classNames: ['3', '5', '8'] })).toEqual([2, 0])
    expect(await text('a.csv', '2\n0\n', { classNames: ['0', '1', '2'] })).toEqual([2, 0])
  })

  it('take a first line for a header as they are told', async () => {
    expect(await text('a.csv', '2\n1\n', { header: true })).toEqual([1])
    expect(await problem(text('a.csv', 'truth\n1\n', { header: false, classNames }))).toBe(
      'a.csv: line 1: no class is named "truth"; the classes are "cat", "dog", "eel"',
    )
  })

  it.each<[string, string, LabelOptions, string]>([
    ['a.csv', 'cat\nfox\n', { classNames }, 'line 2: no class is named "fox"; the classes are "cat", "dog", "eel"'],
    [
      'a.csv',
      'cat\ndog\n',
      {},
      'line 1: the label "cat" is a name, and the classes have none; give their names in order, or class numbers',
    ],
    ['a.csv', '1\ncat\n', { classNames }, 'line 2: got "cat" after class numbers; labels are all names or all numbers'],
    ['a.csv', 'cat\n1\n', { classNames }, 'line 2: got "1" after class names; labels are all names or all numbers'],
    ['a.csv', '1\n1.5\n', {}, 'line 2: expected a whole number, got 1.5'],
    ['a.csv', '1\n4294967296\n', {}, 'line 2: the label 4294967296 is beyond the largest class number 2147483647'],
    ['a.csv', '1,2\n3,4\n', {}, 'it has 2 columns, numbered from 0; say which holds the labels'],
    ['a.csv', 'a,b\n3,4\n', { header: true }, 'it has 2 columns: "a", "b"; say which holds the labels'],
    ['a.csv', '1\n2,3\n', {}, 'line 2: expected 1 fields, got 2'],
    ['a.csv', '', {}, 'the file is empty; expected rows of CSV'],
    ['a.csv', 'label\n', {}, 'it holds no labels'],
    ['a.json', '[]', {}, 'it holds no labels'],
    ['a.json', '[1, null]', {}, 'row 1: expected a label, got null'],
    ['a.json', '[[1,2],[3,4]]', {}, 'expected one label per row, got rows of 2 values'],
    ['a.json', '[1, 2.5]', {}, 'row 1: expected a whole number, got 2.5'],
    ['a.jsonl', '{"label":1}\n{"truth":1}\n', {}, 'line 2: the key "label" is missing'],
    ['a.jsonl', '{"label":1}\n{"label":[1]}\n', {}, 'line 2: expected a label, got an array'],
  ])('refuse %s with %j', async (name, content, options, message) => {
    expect(await problem(text(name, content, options))).toBe(`${name}: ${message}`)
  })

  it('refuse NPY labels that are no class numbers', async () => {
    const file = (dict: string, data: ArrayBuffer) => bytesSource('a.npy', npy(dict, new Uint8Array(data)))
    const read = (dict: string, data: ArrayBuffer) => problem(readLabels(file(dict, data)))
    const header = (code: string, shape: string) =>
      `{'descr': '${code}', 'fortran_order': False, 'shape': (${shape}), }`
    expect(await read(header('<i8', '2,'), BigInt64Array.of(1n, 2n ** 53n + 1n).buffer)).toBe(
      'a.npy: row 1: the label 9007199254740993 is beyond the largest class number 2147483647',
    )
    expect(await read(header('<f8', '2,'), Float64Array.of(1, 0.5).buffer)).toBe(
      'a.npy: row 1: expected a whole number, got 0.5',
    )
    expect(await read(header('<f8', '1,'), Float64Array.of(Number.NaN).buffer)).toBe(
      'a.npy: row 0: expected a whole number, got NaN',
    )
    expect(await read(header('<i4', '1, 2'), Int32Array.of(0, 1).buffer)).toBe(
      'a.npy: expected one label per row, shape (rows,), got int32 (1, 2); one-hot labels: a.argmax(-1)',
    )
    expect(await read(header('<i4', '3,'), Int32Array.of(0, 1).buffer)).toMatch(/it is truncated$/)
    const short = trickle('a.npy', npy(header('<i4', '3,'), new Uint8Array(Int32Array.of(0, 1).buffer)))
    expect(await problem(readLabels(short))).toBe('a.npy: the header promises 3 labels, but only 2 came')
  })
})

describe('names that are learned', () => {
  async function learn(text: string, name = 'l.csv') {
    const reader = await openLabels(bytesSource(name, utf8(text)), { learnNames: true })
    const labels = await reader.next(100)
    return { labels: [...labels], names: reader.learned() }
  }

  it('are numbered as they come', async () => {
    expect(await learn('dog\ncat\ndog\n')).toEqual({ labels: [0, 1, 0], names: ['dog', 'cat'] })
    expect(await learn('["b","a","b"]', 'l.json')).toEqual({ labels: [0, 1, 0], names: ['b', 'a'] })
    expect(await learn('"b"\n{"label":"a"}\n', 'l.jsonl')).toEqual({ labels: [0, 1], names: ['b', 'a'] })
  })

  it('leave numbers as they are', async () => {
    expect(await learn('3\n1\n')).toEqual({ labels: [3, 1], names: undefined })
  })

  it('stand below the header label', async () => {
    expect(await learn('label\ndog\n')).toEqual({ labels: [0], names: ['dog'] })
  })

  it('do not mix with numbers, and given names are not added to', async () => {
    expect(await problem(learn('dog\ncat\n3\n'))).toContain('labels are all names or all numbers')
    const closed = await openLabels(bytesSource('l.csv', utf8('dog\nbird\n')), {
      classNames: ['dog'],
      learnNames: true,
    })
    expect(await problem(closed.next(2))).toContain('no class is named "bird"; the classes are "dog"')
  })
})

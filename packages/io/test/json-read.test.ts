import { describe, expect, it } from 'vitest'
import { problem, readAll, readText, sources, utf8 } from './helpers.ts'

describe.each(Object.keys(sources))('JSON read from %s', (kind) => {
  const open = sources[kind] as NonNullable<(typeof sources)[string]>
  const read = async (text: string, options = {}) => readAll(await open('a.json', utf8(text)), options)

  it('reads rows', async () => {
    expect(await read('\ufeff[[1, 2.5e0],\n [-3, -0]]\n')).toEqual({
      format: 'json',
      dtype: 'float64',
      columns: 2,
      rows: undefined,
      shape: [undefined, 2],
      names: undefined,
      values: [1, 2.5, -3, -0],
      labels: [],
      batches: [2],
    })
    expect((await read('[[1,2],[3,4],[5,6]]', { batchBytes: 32 })).batches).toEqual([2, 1])
  })

  it('reads deeper arrays as whole entries of the first axis', async () => {
    const found = await read('[[[1,2],[3,4],[5,6]],[[7,8],[9,10],[11,12]]]', { batchBytes: 8 })
    expect(found).toMatchObject({ columns: 2, shape: [undefined, 3, 2], batches: [1, 1] })
    expect(found.values).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  })

  it('reads a flat array as one row and a number as one value', async () => {
    expect(await read('[1,2,3]')).toMatchObject({ values: [1, 2, 3], columns: 3, rows: 1, shape: [3], batches: [1] })
    expect(await read('2.5')).toMatchObject({ values: [2.5], columns: 1, rows: 1, shape: [] })
  })

  it('reads arrays without values', async () => {
    expect(await read('[]')).toMatchObject({ values: [], columns: 0, rows: 1, shape: [0] })
    expect(await read('[[],[]]')).toMatchObject({ values: [], columns: 0, shape: [undefined, 0], batches: [2] })
  })

  it('reads non-finite numbers from strings', async () => {
    expect((await read('[["NaN","Infinity","-Infinity"]]')).values).toEqual([Number.NaN, 1 / 0, -1 / 0])
  })

  it('takes a label column out of rows', async () => {
    expect(await read('[[1,2,0],[3,4,1]]', { labelColumn: -1 })).toMatchObject({ values: [1, 2, 3, 4], labels: [0, 1] })
    expect(await problem(read('[1,2]', { labelColumn: 0 }))).toBe('a.json: a label column needs an array of rows')
  })

  it.each([
    ['[[1,2],[3]]', 'row 1: expected 2 values as in row 0, got 1'],
    ['[[1,2],[3,4,5]]', 'row 1: expected 2 values as in row 0, got 3'],
    ['[[[1],[2]],[[3]]]', 'row 1: expected 2 values as in row 0, got 1'],
    ['[[1,2],[]]', 'row 1: expected 2 values as in row 0, got 0'],
    ['[[[1]],[[]]]', 'row 1: expected 1 values as in row 0, got 0'],
    ['[[1,2],3]', 'row 1: expected an array, got 3'],
    ['[[1,[2]]]', 'row 0: expected a number, got an array'],
    ['[[1,2],[3,"x"]]', 'row 1, column 1: expected a number, got "x"'],
    ['[[1,null]]', 'row 0, column 1: expected a number, got null'],
    ['[[1,true]]', 'row 0, column 1: expected a number, got true'],
    ['[[1],{"a":2}]', 'row 1: expected a number or an array, got an object; objects belong into JSON Lines (.jsonl)'],
    ['', 'the file is empty; expected a JSON array'],
    ['  \n', 'the file is empty; expected a JSON array'],
    ['[[1,2],[3', 'the JSON ends before its arrays are closed (byte 9, row 1); it is truncated'],
  ])('refuses %j', async (text, message) => {
    expect(await problem(read(text))).toBe(`a.json: ${message}`)
  })

  it.each(['[[1,NaN]]', '[[1 2]]', '[[1,2],]', '[[1,2]', '[1,2}', '[01]', '[1] 2', ',', '["a'])(
    'refuses the malformed %s',
    async (text) => {
      expect(await problem(read(text))).toMatch(/^a\.json: (not valid JSON \(row \d+\): |the JSON ends before )/)
    },
  )
})

describe('JSON read', () => {
  it.each([
    ['[[NaN,1]]', 'row 0): unexpected "N" at character 2'],
    ['[[1,2]] x', 'row 1): unexpected "x" at character 8'],
    ['[[1,2],]', 'row 1): unexpected "]" at character 7'],
  ])('says where %s is wrong', async (text, where) => {
    expect(await problem(readText('a.json', text))).toBe(
      `a.json: not valid JSON (${where}; write NaN and infinities as strings: "NaN", "-Infinity"`,
    )
  })

  it('says how to write NaN', async () => {
    expect(await problem(readText('a.json', '[[1,NaN]]'))).toContain(
      'write NaN and infinities as strings: "NaN", "-Infinity"',
    )
  })
})

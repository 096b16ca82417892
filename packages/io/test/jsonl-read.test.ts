import { describe, expect, it } from 'vitest'
import { problem, readAll, sources, utf8 } from './helpers.ts'

describe.each(Object.keys(sources))('JSON Lines read from %s', (kind) => {
  const open = sources[kind] as NonNullable<(typeof sources)[string]>
  const read = async (text: string, options = {}) => readAll(await open('a.jsonl', utf8(text)), options)

  it('reads arrays, a line each', async () => {
    expect(await read('[1,"NaN"]\r\n[3,-0]\n\n')).toMatchObject({
      format: 'jsonl',
      dtype: 'float64',
      columns: 2,
      rows: undefined,
      shape: [undefined, 2],
      values: [1, Number.NaN, 3, -0],
    })
  })

  it('reads objects with logits, and their label or another key', async () => {
    const text = '{"logits":[1,2],"label":0,"kind":"cat"}\n{"kind":"dog","logits":[3,4],"label":1}'
    expect(await read(text)).toMatchObject({ values: [1, 2, 3, 4], labels: [] })
    expect(await read(text, { labelColumn: 'label' })).toMatchObject({ values: [1, 2, 3, 4], labels: [0, 1] })
    expect(await read(text, { labelColumn: 'kind' })).toMatchObject({ labels: ['cat', 'dog'] })
    expect(await read('[1,2,0]\n[3,4,1]\n', { labelColumn: 2 })).toMatchObject({ values: [1, 2, 3, 4], labels: [0, 1] })
  })

  it.each([
    ['[1,2]\n[3]\n', 'line 2: expected 2 values as in line 1, got 1'],
    ['[1,2]\n[3,"x"]\n', 'line 2, column 1: expected a number, got "x"'],
    ['[1,2]\n[3,[4]]\n', 'line 2, column 1: expected a number, got an array'],
    ['[1,2]\n\n[3,4]\n', 'line 2 is blank, and rows follow it'],
    ['{"scores":[1]}\n', 'line 1: expected an array under the key "logits", got no such key among "scores"'],
    ['{"logits":"1"}\n', 'line 1: expected an array under the key "logits", got "1"'],
    ['3\n', 'line 1: expected an array or an object with "logits", got 3'],
    ['', 'the file is empty; expected a JSON array on each line'],
  ])('refuses %j', async (text, message) => {
    expect(await problem(read(text))).toBe(`a.jsonl: ${message}`)
  })

  it('names the line that is not JSON', async () => {
    expect(await problem(read('[1,2]\n[3,NaN]\n'))).toMatch(
      /^a\.jsonl: line 2 is not valid JSON: .+; write NaN and infinities as strings: "NaN", "-Infinity" \(line begins "\[3,NaN\]"\)$/,
    )
  })

  it('names the line without the label', async () => {
    expect(await problem(read('{"logits":[1]}\n', { labelColumn: 'kind' }))).toBe(
      'a.jsonl: line 1: the key "kind" is missing',
    )
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bytesSource, formatOf, formats, InputError, openFeatures, openLabels, openLogits } from '../src/index.ts'
import { problem, readAll, utf8 } from './helpers.ts'

describe('formats', () => {
  it.each([
    ['a.npy', 'npy'],
    ['folder.csv/a.TSV', 'tsv'],
    ['a.logits.Csv', 'csv'],
    ['a.json', 'json'],
    ['a.jsonl', 'jsonl'],
    ['a.ndjson', 'jsonl'],
  ])('are known by the extension of %s', (name, format) => {
    expect(formatOf(name)).toBe(format)
  })

  it('list the known extensions when one is not', () => {
    const known = 'expected one of .npy, .csv, .tsv, .json, .jsonl, .ndjson, or name the format'
    expect(() => formatOf('a.txt')).toThrow(new InputError(`a.txt: the extension ".txt" is unknown; ${known}`))
    expect(() => formatOf('x.d/logits')).toThrow(new InputError(`x.d/logits: it has no extension; ${known}`))
    expect(() => formatOf('')).toThrow(new InputError('the name of a file is empty'))
    expect(() => formatOf('-')).toThrow(new InputError(`-: it has no extension; ${known}`))
  })

  it('can be named instead', async () => {
    expect((await readAll(bytesSource('stdin', utf8('1,2\n')), { format: 'csv' })).values).toEqual([1, 2])
    const wrong = openLogits(bytesSource('stdin', utf8('')), { format: 'xls' as 'csv' })
    await expect(wrong).rejects.toThrow(new TypeError(`"format" expected one of ${formats.join(', ')}, got "xls"`))
  })

  it('close a source that cannot be opened', async () => {
    for (const open of [openLogits, openFeatures, openLabels]) {
      let closed = 0
      const source = { ...bytesSource('a.csv', utf8('')), close: async () => void closed++ }
      await problem(open(source))
      expect(closed).toBe(1)
    }
  })
})

describe('the entry for browsers', () => {
  it('contains no Node', () => {
    const folder = new URL('../src/', import.meta.url)
    const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    const files = all.filter((name) => name.endsWith('.ts') && !name.startsWith('node'))
    expect(files).toContain('index.ts')
    for (const file of files) {
      const text = readFileSync(new URL(file, folder), 'utf8')
      expect(text, file).not.toMatch(/from '(?:node:|\.\/node)|\bBuffer\b|\bprocess\b/)
    }
  })
})

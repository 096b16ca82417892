import { describe, expect, it, vi } from 'vitest'
import { problem, readText } from './helpers.ts'

// what bundlers for browsers resolve #csv-parse to
vi.mock('#csv-parse', () => import('csv-parse/browser/esm'))

describe('CSV read with the parser for browsers', () => {
  it('reads what the one for Node reads', async () => {
    const text = '\ufeffcat,"do""g",größe\r\n1,2.5,"3"\n4,5,nan\n\n'
    expect(await readText('a.csv', text)).toMatchObject({
      names: ['cat', 'do"g', 'größe'],
      values: [1, 2.5, 3, 4, 5, Number.NaN],
    })
  })

  it('fails as the one for Node does', async () => {
    expect(await problem(readText('a.csv', '1,2\n"3,4\n'))).toBe(
      'a.csv: a quoted field is opened after line 1 and never closed',
    )
    expect(await problem(readText('a.csv', '1,2\n3"x",4\n'))).toMatch(/^a\.csv: Invalid Opening Quote: .*line 2/)
    expect(await problem(readText('a.csv', '1,2\n\n3,4\n'))).toBe('a.csv: line 2 is blank, and rows follow it')
  })
})

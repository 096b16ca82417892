import { describe, expect, it } from 'vitest'
import { bytesSource } from '../src/index.ts'
import { problem, readAll, readText, sources, utf8 } from './helpers.ts'

describe.each(Object.keys(sources))('CSV read from %s', (kind) => {
  const open = sources[kind] as NonNullable<(typeof sources)[string]>
  const read = async (text: string, options = {}) => readAll(await open('a.csv', utf8(text)), options)

  it('reads rows with and without a header', async () => {
    expect(await read('cat,dog\n1,2.5\n-3,4\n')).toEqual({
      format: 'csv',
      dtype: 'float64',
      columns: 2,
      rows: undefined,
      shape: [undefined, 2],
      names: ['cat', 'dog'],
      values: [1, 2.5, -3, 4],
      labels: [],
      batches: [2],
    })
    expect(await read('1,2.5\n-3,4')).toMatchObject({ columns: 2, names: undefined, values: [1, 2.5, -3, 4] })
  })

  it('reads a byte order mark, CRLF, quoted fields and blank lines at the end', async () => {
    const found = await read('\ufeff"a ""b"", c",größe\r\n"1",2\r\n3,"4"\r\n\r\n\r\n')
    expect(found).toMatchObject({ names: ['a "b", c', 'größe'], values: [1, 2, 3, 4] })
  })

  it('reads any mixture of line ends', async () => {
    expect((await read('1\n2\r\n"3"\r4\r\n"5"')).values).toEqual([1, 2, 3, 4, 5])
  })

  it('reads a line break within a quoted name', async () => {
    expect(await read('"a\nb",c\n1,2\n')).toMatchObject({ names: ['a\nb', 'c'], values: [1, 2] })
  })

  it('reads the words for non-finite numbers', async () => {
    expect((await read('nan,-INF,Infinity,-0\n')).values).toEqual([Number.NaN, -1 / 0, 1 / 0, -0])
  })

  it('takes the label column out, by name, number, or number from the end', async () => {
    const text = 'cat,kind,dog\n1,dog,2\n3,cat,4\n'
    for (const labelColumn of ['kind', 1, -2, '1']) {
      const found = await read(text, { labelColumn })
      expect(found).toMatchObject({ columns: 2, names: ['cat', 'dog'], values: [1, 2, 3, 4], labels: ['dog', 'cat'] })
    }
    expect(await read('1,2,0\n3,4,1\n', { labelColumn: -1 })).toMatchObject({ values: [1, 2, 3, 4], labels: [0, 1] })
  })

  it('yields batches of a whole number of rows', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => `${index},0.5`)
    const values = rows.flatMap((row) => row.split(',').map(Number))
    for (const batchBytes of [1, 16, 100, 1600, 1e6]) {
      const found = await read(rows.join('\n'), { batchBytes })
      expect(found.values).toEqual(values)
      expect(Math.max(...found.batches)).toBeLessThanOrEqual(Math.max(1, batchBytes / 16))
    }
  })

  it('names line, column and counts in errors', async () => {
    expect(await problem(read('a,b\n1,2\n3,12abc\n'))).toBe(
      'a.csv: line 3, column 1 ("b"): expected a number, got "12abc"',
    )
    expect(await problem(read('1,2\n3,\n'))).toBe('a.csv: line 2, column 1: expected a number, got ""')
    expect(await problem(read('a,b\n1,2\n3\n'))).toBe('a.csv: line 3: expected 2 fields as in line 1, got 1')
    expect(await problem(read('1,2\n3,4,5\n'))).toBe('a.csv: line 2: expected 2 fields as in line 1, got 3')
    expect(await problem(read('1,2\n\n3,4\n'))).toBe('a.csv: line 2 is blank, and rows follow it')
    expect(await problem(read('1,2\n"3,4\n'))).toBe('a.csv: a quoted field is opened after line 1 and never closed')
    expect(await problem(read('1,2\n3"x",4\n'))).toMatch(/^a\.csv: Invalid Opening Quote: .*line 2/)
  })
})

describe('CSV read', () => {
  it.each(['', '\n', '\r\n\r\n', '\ufeff'])('refuses the empty file %j', async (text) => {
    expect(await problem(readText('a.csv', text))).toBe('a.csv: the file is empty; expected rows of CSV')
    expect(await problem(readText('a.tsv', text))).toBe('a.tsv: the file is empty; expected rows of TSV')
  })

  it('reads TSV, where commas are no separators', async () => {
    expect(await readText('a.tsv', 'a,b\tc\n1\t2\n')).toMatchObject({
      format: 'tsv',
      names: ['a,b', 'c'],
      values: [1, 2],
    })
  })

  it('reads a header and no rows', async () => {
    expect(await readText('a.csv', 'a,b\n')).toMatchObject({ columns: 2, values: [], batches: [] })
  })

  it('takes a numbering above fractions for a header, and above whole numbers for a row', async () => {
    expect(await readText('a.csv', '0,1,2\n0.5,1,2\n')).toMatchObject({ names: ['0', '1', '2'], values: [0.5, 1, 2] })
    expect(await readText('a.csv', '0,1,2\n3,4,5\n')).toMatchObject({ names: undefined, values: [0, 1, 2, 3, 4, 5] })
    expect((await readText('a.csv', '0,1,2\n0.5,1,2\n', { header: false })).values).toHaveLength(6)
    expect((await readText('a.csv', '0,1,2\n3,4,5\n', { header: true })).values).toEqual([3, 4, 5])
  })

  it('finds no header in a first line whose only text is the label', async () => {
    const found = await readText('a.csv', '1,cat\n2,dog\n', { labelColumn: 1 })
    expect(found).toMatchObject({ names: undefined, values: [1, 2], labels: ['cat', 'dog'] })
  })

  it('refuses what is neither a header nor a row, unless told what it is', async () => {
    const neither = (column: number, got: string) =>
      `a.csv: line 1, column ${column}: expected a number, got ${got}; if this line names the columns, say that it is a header`
    expect(await problem(readText('a.csv', '1.5,x,2\n3,4,5\n'))).toBe(neither(1, '"x"'))
    expect(await problem(readText('a.csv', '-1,,2\n3,4,5\n'))).toBe(neither(1, '""'))
    expect(await problem(readText('a.csv', '1,NA\n3,4\n'))).toBe(neither(1, '"NA"'))
    expect(await problem(readText('a.csv', '0.1,cat\n0.2,dog\n'))).toBe(neither(1, '"cat"'))
    expect(await readText('a.csv', '0.5,rest\n1,2\n', { header: true })).toMatchObject({ names: ['0.5', 'rest'] })
    expect(await readText('a.csv', 'year,2019,2020\n1,2,3\n')).toMatchObject({ names: ['year', '2019', '2020'] })
  })

  it('refuses the index of a data frame, unless told that there is a header', async () => {
    const text = ',cat,dog\n7,0.5,2\n8,1,3\n'
    expect(await problem(readText('a.csv', text))).toBe(
      'a.csv: column 0 has no name and begins with 7, as the index of a data frame; ' +
        'leave it out (pandas: to_csv(file, index=False)), or say that there is a header to read it as numbers',
    )
    expect(await readText('a.csv', text, { header: true })).toMatchObject({ values: [7, 0.5, 2, 8, 1, 3] })
    expect(await readText('a.csv', text, { labelColumn: 0 })).toMatchObject({ values: [0.5, 2, 1, 3] })
  })

  it.each([
    ['a.csv', 'a;b\n1;2\n', 'semicolons; save it with commas, and points in the numbers'],
    ['a.csv', '1,5;2,5\n', 'semicolons; save it with commas, and points in the numbers'],
    ['a.csv', '1\t2\n', 'tabs; name the format tsv'],
    ['a.tsv', '1,2\n', 'commas; name the format csv'],
    ['a.csv', '1.0e+00 2.0e+00\n', "spaces; save it with commas (NumPy: np.savetxt(file, a, delimiter=','))"],
  ])('says how the fields of %s are separated in %j', async (name, text, rest) => {
    expect(await problem(readText(name, text))).toBe(`${name}: its fields are separated by ${rest}`)
  })

  it('reads numbers with spaces around them below a header', async () => {
    expect(await readText('a.csv', 'a, b\n1, 2\n')).toMatchObject({ names: ['a', 'b'], values: [1, 2] })
    expect(await readText('a.csv', 'my score\n1\n')).toMatchObject({ names: ['my score'], values: [1] })
  })

  it('takes a number for a column, not for what a row holds', async () => {
    const text = '1,2,cat\n2,1,dog\n'
    expect(await readText('a.csv', text, { labelColumn: '2' })).toMatchObject({
      names: undefined,
      values: [1, 2, 2, 1],
      labels: ['cat', 'dog'],
    })
    expect(await readText('a.csv', '2019,2020,x\n1,0,3\n', { labelColumn: '2020' })).toMatchObject({ labels: [0] })
  })

  it('refuses label columns that are not there', async () => {
    const text = 'cat,dog\n1,2\n'
    expect(await problem(readText('a.csv', text, { labelColumn: 'kind' }))).toBe(
      'a.csv: no column is named "kind": the columns are "cat", "dog"',
    )
    expect(await problem(readText('a.csv', text, { labelColumn: 2 }))).toBe(
      'a.csv: there is no column 2; it has 2, numbered from 0',
    )
    expect(await problem(readText('a.csv', text, { labelColumn: -3 }))).toBe(
      'a.csv: there is no column -3; it has 2, numbered from 0',
    )
    expect(await problem(readText('a.csv', '1,2\n', { labelColumn: 'kind', header: false }))).toBe(
      'a.csv: no column is named "kind": it has no header line; give the label column by number, from 0',
    )
    expect(await problem(readText('a.csv', 'a,a,b\n1,2,3\n', { labelColumn: 'a' }))).toBe(
      'a.csv: two columns are named "a"; give the label column by number',
    )
    expect(await problem(readText('a.csv', 'a\n1\n', { labelColumn: 'a' }))).toBe(
      'a.csv: it has no column but the labels; expected logits too',
    )
    expect(await problem(readText('a.csv', 'a,b\n1,\n', { labelColumn: 'b' }))).toBe(
      'a.csv: line 2: expected a label, got ""',
    )
  })

  it('refuses text that is not UTF-8', async () => {
    const utf16 = Uint8Array.of(0xff, 0xfe, 0x31, 0, 0x2c, 0)
    expect(await problem(readAll(bytesSource('a.csv', utf16)))).toBe(
      'a.csv: not UTF-8 text (near byte 0); save it as UTF-8',
    )
  })

  it('goes through a file once', async () => {
    const { openLogits } = await import('../src/index.ts')
    const reader = await openLogits(bytesSource('a.csv', utf8('1,2\n')))
    for await (const batch of reader.batches()) expect(batch.position).toBe(4)
    await expect(reader.batches()[Symbol.asyncIterator]().next()).rejects.toThrow(
      'a.csv: a text file can be gone through only once; open it again',
    )
  })
})

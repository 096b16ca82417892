import { describe, expect, it } from 'vitest'
import type { MaskOptions, Source } from '../src/index.ts'
import { bytesSource, openMask } from '../src/index.ts'
import { fixture, npy, problem, sources, trickle, utf8 } from './helpers.ts'

const flags = [1, 0, 1, 1, 0, 0]

/** The shape and all flags, asked for `step` at a time. */
async function readMask(source: Source, options?: MaskOptions, step = 4) {
  const mask = await openMask(source, options)
  const values: number[] = []
  try {
    for (let next = await mask.next(step); next.length > 0; next = await mask.next(step)) values.push(...next)
    expect(await mask.next(1)).toHaveLength(0)
  } finally {
    await mask.close()
  }
  return { shape: mask.shape, values }
}

const header = (code: string, shape: readonly number[], fortran = false) =>
  `{'descr': '${code}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${shape.join(', ')},), }`

const widths = [1, 2, 4, 8]

/** Elements of `width` bytes: each value in the lowest byte, where the byte order has it. */
function elements(values: readonly number[], width: number, bigEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(values.length * width)
  values.forEach((value, index) => {
    bytes[index * width + (bigEndian ? width - 1 : 0)] = value
  })
  return bytes
}

describe.each(Object.keys(sources))('masks read from %s', (kind) => {
  const open = sources[kind] as NonNullable<(typeof sources)[string]>

  it.each(['b', 'i', 'u'])(
    'read NPY of kind %s in every width and byte order, by any number at a time',
    async (type) => {
      for (const width of type === 'b' ? [1] : widths) {
        for (const order of width === 1 ? ['|'] : ['<', '>']) {
          const file = npy(header(`${order}${type}${width}`, [2, 3]), elements(flags, width, order === '>'))
          for (const step of [1, 4, 100]) {
            expect(await readMask(await open('a.npy', file), {}, step)).toEqual({ shape: [2, 3], values: flags })
          }
        }
      }
    },
  )

  it('turn Fortran order around, in every width', async () => {
    for (const width of widths) {
      // the columns of 1 0 1 / 1 0 0
      const file = npy(header(`>i${width}`, [2, 3], true), elements([1, 1, 0, 0, 1, 0], width, true))
      expect(await readMask(await open('a.npy', file))).toEqual({ shape: [2, 3], values: flags })
    }
  })

  it.each([
    ['a.csv', '1,0,1\n1,0,0\n', [undefined, 3]],
    ['a.csv', 'cat,dog,eel\n1,0,1\n1,0.0,-0\n', [undefined, 3]],
    ['a.tsv', '1\t0\t1\n1\t0\t0\n', [undefined, 3]],
    ['a.json', '[[1,0,1],[1,0,0]]', [undefined, 3]],
    ['a.json', '[[true,false,true],[true,false,false]]', [undefined, 3]],
    ['a.json', '[[[1],[0],[1]],[[1],[0],[0]]]', [undefined, 3, 1]],
    ['a.json', '[1,0,1,1,0,0]', [6]],
    ['a.jsonl', '[1,0,1]\n{"mask":[true,0,0]}\n', [undefined, 3]],
  ])('read %s with %j', async (name, content, shape) => {
    for (const step of [1, 4, 100]) {
      expect(await readMask(await open(name, utf8(content)), {}, step)).toEqual({ shape, values: flags })
    }
  })
})

describe('masks', () => {
  it('are read in memory that does not grow with the file', async () => {
    const count = 2 ** 22
    const data = new Uint8Array(count).fill(1)
    const mask = await openMask(bytesSource('a.npy', npy(header('|b1', [count]), data)))
    const before = process.memoryUsage().arrayBuffers
    expect((await mask.next(10)).length).toBe(10)
    // a chunk and its flags are 2^18 bytes each, far from the 2^22 of the file
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 21)
    await mask.close()
  })

  it('may be scalars or hold nothing', async () => {
    const scalar = "{'descr': '|b1', 'fortran_order': False, 'shape': (), }"
    expect(await readMask(bytesSource('a.npy', npy(scalar, Uint8Array.of(1))))).toEqual({ shape: [], values: [1] })
    expect(await readMask(bytesSource('a.npy', npy(header('|b1', [3, 0]))))).toEqual({ shape: [3, 0], values: [] })
  })

  it('take their format and their header line as they are told', async () => {
    expect(await readMask(bytesSource('-', utf8('1,0\n0,1\n')), { format: 'csv', header: true })).toEqual({
      shape: [undefined, 2],
      values: [0, 1],
    })
  })

  const additive = 'an additive mask (0 and -Infinity) is not one of these: its entries that are 0 are the ones to keep'

  it('refuse NPY of floats with the remedy, even where all are 0 and 1', async () => {
    const ones = npy(header('<f4', [2]), new Uint8Array(Float32Array.of(0, 1).buffer))
    expect(await problem(readMask(bytesSource('a.npy', ones)))).toBe(
      'a.npy: dtype float32 cannot be a mask; expected booleans or integers, 0 (leave out) or 1 (keep): ' +
        `np.save(file, a.astype(bool)); ${additive}: np.save(file, a == 0)`,
    )
  })

  it('refuse other numbers in NPY by row and column, whichever of their bytes differs', async () => {
    const wrong: [string, ArrayBuffer, string][] = [
      ['|i1', Int8Array.of(0, 1, 1, 0, -1, 1).buffer, '-1'],
      ['<u2', Uint16Array.of(0, 1, 1, 0, 257, 1).buffer, '257'],
      ['<i4', Int32Array.of(0, 1, 1, 0, -(2 ** 31), 1).buffer, '-2147483648'],
      ['<u4', Uint32Array.of(0, 1, 1, 0, 2 ** 31, 1).buffer, '2147483648'],
      ['<i8', BigInt64Array.of(0n, 1n, 1n, 0n, -1n, 1n).buffer, '-1'],
      ['<u8', BigUint64Array.of(0n, 1n, 1n, 0n, 2n ** 56n + 1n, 1n).buffer, '72057594037927937'],
      ['|b1', Uint8Array.of(0, 1, 1, 0, 2, 1).buffer, '2'],
    ]
    for (const [code, data, got] of wrong) {
      expect(await problem(readMask(bytesSource('a.npy', npy(header(code, [2, 3]), new Uint8Array(data)))))).toBe(
        `a.npy: row 1, column 1: expected 0 (leave out) or 1 (keep), got ${got}; ${additive}`,
      )
    }
  })

  it.each([
    ['a.csv', '1,0\n1,2\n', 'line 2, column 1', '"2"'],
    ['a.csv', '0,-inf\n0,0\n', 'line 1, column 1', '"-inf"'],
    ['a.csv', 'cat,dog\n1,0\n1,\n', 'line 3, column 1 ("dog")', '""'],
    ['a.json', '[[1,0],[0,0.5]]', 'row 1, column 1', '0.5'],
    ['a.json', '[1,null]', 'row 0, column 1', 'null'],
    ['a.jsonl', '[1,0]\n["-Infinity",0]\n', 'line 2, column 0', '"-Infinity"'],
  ])('refuse %s with %j', async (name, content, place, got) => {
    expect(await problem(readMask(bytesSource(name, utf8(content))))).toBe(
      `${name}: ${place}: expected 0 (leave out) or 1 (keep), got ${got}; ${additive}`,
    )
  })

  it('refuse files that are cut off, go on, or are no NPY, as logits do', async () => {
    const short = npy(header('|b1', [2, 3]), Uint8Array.of(1, 0, 1, 1))
    expect(await problem(readMask(bytesSource('a.npy', short)))).toMatch(/it is truncated$/)
    expect(await problem(readMask(trickle('a.npy', short)))).toBe(
      'a.npy: the header promises bool (2, 3), 6 bytes of data, but only 4 came; it is truncated',
    )
    const long = npy(header('|b1', [3]), Uint8Array.of(1, 0, 1, 1))
    expect(await problem(readMask(trickle('a.npy', long)))).toBe(
      'a.npy: it has bytes after the data its header promises',
    )
    expect(await problem(readMask(bytesSource('a.npy', utf8('no'))))).toMatch(/not an NPY file/)
    expect(await problem(readMask(bytesSource('a.npy', fixture('text.npy'))))).toMatch(/masks: only these/)
  })
})

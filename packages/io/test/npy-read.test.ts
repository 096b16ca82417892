import { decodeFloat16 } from 'onesum'
import { describe, expect, it } from 'vitest'
import { bytesSource, openLogits } from '../src/index.ts'
import { fixture, npy, problem, readAll, sources, trickle } from './helpers.ts'

// the array of fixtures/make.py
const values = [
  1.5,
  -2.25,
  0,
  -0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  2 ** -14,
  65504,
  -1,
  3,
  0.5,
]
const count = (length: number) => Array.from({ length }, (_, index) => index)

describe.each(Object.keys(sources))('NPY read from %s', (kind) => {
  const open = sources[kind] as NonNullable<(typeof sources)[string]>
  const read = async (name: string, options = {}) => readAll(await open(name, fixture(name)), options)

  it.each(['f2', 'f4', 'f8'])('reads %s in both byte orders and both axis orders', async (code) => {
    for (const variant of ['little', 'big', 'fortran', 'big-fortran']) {
      const found = await read(`${code}-${variant}.npy`)
      const numbers = code === 'f2' ? [...decodeFloat16(Uint16Array.from(found.values))] : found.values
      expect(numbers).toEqual(values)
      expect(found).toMatchObject({ format: 'npy', shape: [3, 4], rows: 3, columns: 4 })
      expect(found.dtype).toBe(`float${Number(code[1]) * 8}`)
    }
  })

  it.each([1, 2, 3])('reads version %i', async (version) => {
    expect((await read(`version-${version}.npy`)).values).toEqual(values)
  })

  it('reads any number of axes, in batches of whole entries of the first', async () => {
    for (const name of ['cube.npy', 'cube-fortran.npy']) {
      // 48 bytes are one entry, 4 float32 fewer than one, 95 one and almost two
      for (const batchBytes of [1, 16, 48, 95]) {
        const found = await read(name, { batchBytes })
        expect(found).toMatchObject({ values: count(24), shape: [2, 3, 4], rows: 2, columns: 4, batches: [1, 1] })
      }
      expect(await read(name)).toMatchObject({ values: count(24), batches: [2] })
    }
  })

  it('reads a flat file as one row and a single value as one column', async () => {
    expect(await read('flat.npy')).toMatchObject({ values: count(5), shape: [5], rows: 1, columns: 5, batches: [1] })
    expect(await read('scalar.npy')).toMatchObject({ values: [2.5], shape: [], rows: 1, columns: 1, batches: [1] })
  })

  it('reads shapes without elements', async () => {
    expect(await read('no-rows.npy')).toMatchObject({ values: [], shape: [0, 3], rows: 0, columns: 3, batches: [] })
    expect(await read('no-columns.npy')).toMatchObject({ values: [], shape: [3, 0], rows: 3, columns: 0, batches: [3] })
  })

  it('gives ranges of elements whatever the rows', async () => {
    for (const name of ['cube.npy', ...(kind === 'stream' ? [] : ['cube-fortran.npy'])]) {
      for (const most of [1, 5, 12, 24, 100]) {
        if (name === 'cube-fortran.npy' && most < 12) continue
        const reader = await openLogits(await open(name, fixture(name)))
        const found: number[] = []
        for await (const { values: range, offset } of reader.chunks?.(most) ?? []) {
          expect(offset).toBe(found.length)
          expect(range.length).toBeLessThanOrEqual(most)
          found.push(...range)
        }
        await reader.close()
        expect(found).toEqual(count(24))
      }
    }
  })

  it('refuses truncated and oversized files with both sizes', async () => {
    const whole = fixture('f4-little.npy')
    const short = await problem(readAll(await open('short.npy', whole.slice(0, 170))))
    const long = await problem(readAll(await open('long.npy', new Uint8Array([...whole, 0]))))
    if (kind === 'stream') {
      expect(short).toBe(
        'short.npy: the header promises float32 (3, 4), 48 bytes of data, but only 42 came; it is truncated',
      )
      expect(long).toBe('long.npy: it has bytes after the data its header promises')
    } else {
      const promise = 'the header promises float32 (3, 4), 176 bytes with the header, but the file has'
      expect(short).toBe(`short.npy: ${promise} 170; it is truncated`)
      expect(long).toBe(`long.npy: ${promise} 177; it has bytes after its data`)
    }
  })

  it('refuses a header that promises 2^40 elements before it reserves memory for them', async () => {
    for (const shape of ['1099511627776,', '1, 1099511627776', '1048576, 1048576', '1099511627776, 1']) {
      const lie = npy(`{'descr': '<f4', 'fortran_order': False, 'shape': (${shape}), }`, new Uint8Array(64))
      const before = process.memoryUsage().arrayBuffers
      expect(await problem(readAll(await open('lie.npy', lie)))).toContain('it is truncated')
      // a stream's memory grows with what arrives, from 64 MiB
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(80 * 2 ** 20)
    }
  })
})

describe('NPY read', () => {
  it('refuses element types that are no floats, with the remedy', async () => {
    const dtypes = {
      'integers.npy': 'dtype int32 cannot be logits; expected floats: np.save(file, a.astype(np.float32))',
      'labels-bool.npy': 'dtype bool cannot be logits; expected floats: np.save(file, a.astype(np.float32))',
      'object.npy':
        'dtype object holds pickled Python objects, which are never loaded; save numbers: np.save(file, a.astype(np.float32))',
      'structured.npy': "a structured dtype cannot be read; save one plain column: np.save(file, a['field'])",
      'text.npy':
        'dtype "<U3" is text; save labels of text as CSV or JSON; expected float16, float32 or float64 (labels: also integers or bool; masks: only these)',
      'complex.npy':
        'dtype "<c8" is not a number type this reads; expected float16, float32 or float64 (labels: also integers or bool; masks: only these)',
    }
    for (const [name, message] of Object.entries(dtypes)) {
      expect(await problem(readAll(bytesSource(name, fixture(name))))).toBe(`${name}: ${message}`)
    }
  })

  it('refuses a label column', async () => {
    expect(await problem(readAll(bytesSource('a.npy', fixture('cube.npy')), { labelColumn: 0 }))).toBe(
      'a.npy: an NPY file has no label column; give the labels as a file of their own',
    )
  })

  it('gathers Fortran order over large gaps as over small ones', async () => {
    // 10,001 rows of 3: the gaps of a batch of 100 rows exceed what is read over
    const rows = 10_001
    const data = Float32Array.from({ length: rows * 3 }, (_, index) => index)
    const header = `{'descr': '<f4', 'fortran_order': True, 'shape': (${rows}, 3), }`
    const file = npy(header, new Uint8Array(data.buffer))
    const expected = Array.from({ length: rows * 3 }, (_, index) => (index % 3) * rows + Math.floor(index / 3))
    for (const batchBytes of [100 * 12, 5000 * 12, 10_000 * 12]) {
      expect((await readAll(bytesSource('a.npy', file), { batchBytes })).values).toEqual(expected)
    }
  })

  it('refuses Fortran order from a stream above 64 MiB, and in chunks smaller than an entry', async () => {
    const large = npy("{'descr': '<f8', 'fortran_order': True, 'shape': (1048576, 9), }")
    expect(await problem(openLogits(trickle('stdin', large), { format: 'npy' }))).toBe(
      'stdin: a stream in Fortran order can be read up to 67108864 bytes, this one has 75497472; ' +
        'give the file itself, or save it in C order: np.save(file, np.ascontiguousarray(a))',
    )
    const reader = await openLogits(bytesSource('a.npy', fixture('cube-fortran.npy')))
    const first = reader.chunks?.(11)[Symbol.asyncIterator]().next()
    expect(await problem(Promise.resolve(first))).toBe(
      'a.npy: it is in Fortran order and one entry of its first axis has 12 elements, too many to turn around in memory; ' +
        'save it in C order: np.save(file, np.ascontiguousarray(a))',
    )
  })

  it('says that a row does not fit in memory, and offers it in ranges', async () => {
    const header = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776,), }")
    const huge = { ...bytesSource('a.npy', header), size: header.length + 2 ** 42 }
    huge.read = async (offset, length, into = new Uint8Array(length)) => {
      into.set(header.subarray(offset, offset + length))
      return into
    }
    const reader = await openLogits(huge)
    const batch = reader.batches()[Symbol.asyncIterator]().next()
    expect(await problem(Promise.resolve(batch))).toBe(
      'a.npy: one entry of the first axis has 1099511627776 elements, which do not fit in memory',
    )
    const chunk = await reader.chunks?.(5)[Symbol.asyncIterator]().next()
    expect(chunk?.value.values).toEqual(new Float32Array(5))
  })

  it('can be gone through again when the source is seekable, and says so when it is not', async () => {
    const again = await openLogits(bytesSource('a.npy', fixture('cube.npy')))
    for (let round = 0; round < 2; round++) {
      for await (const batch of again.batches()) expect([...batch.values]).toEqual(count(24))
    }
    const once = await openLogits(trickle('a.npy', fixture('cube.npy')))
    for await (const batch of once.batches()) expect(batch.rows).toBe(2)
    await expect(once.batches()[Symbol.asyncIterator]().next()).rejects.toThrow(
      'a.npy: a stream can be gone through only once',
    )
  })
})

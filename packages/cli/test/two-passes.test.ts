import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { Totals } from '../src/totals.ts'
import { generator, textbookSoftmax } from './support/logits.ts'
import { bool, npy, readNpy } from './support/npy.ts'
import { type Result, Shell } from './support/shell.ts'

/** Elements that may be held in these tests: a piece is 16, and whatever is longer takes two passes. */
const held = 128

function softmax(shell: Shell, ...argv: string[]): Promise<Result> {
  return shell.execute((terminal) => run(['softmax', ...argv], terminal), { held })
}

function array(shape: readonly number[], value: (random: number) => number = (random) => random * 8 - 4): Uint8Array {
  const random = generator(7)
  const size = shape.reduce((a, b) => a * b, 1)
  return npy(
    '<f4',
    shape,
    Float32Array.from({ length: size }, () => value(random())),
  )
}

/** Float32 against the textbook in float64: half an ulp of rounding, and the textbook's own few 2^-53. */
function expectNear(given: readonly number[], wanted: readonly number[]): void {
  expect(given.length).toBe(wanted.length)
  for (const [i, y] of given.entries()) expect(Math.abs(y - wanted[i])).toBeLessThanOrEqual(2 ** -23 * wanted[i])
}

describe('Totals', () => {
  const random = generator(3)
  const [outer, length, inner] = [2, 5, 3]
  const values = Float64Array.from({ length: outer * length * inner }, () => random() * 10 - 5)
  const lineOf = (i: number): number => Math.floor(i / (length * inner)) * inner + (i % inner)
  const wanted = Array.from(values, (x, i) => {
    const line = Array.from(values.keys()).filter((j) => lineOf(j) === lineOf(i))
    const total = line.reduce((sum, j) => sum + Math.exp(values[j]), 0)
    return Math.exp(x) / total
  })

  test.each([1, 2, 4, 7, 30])('pieces of %i elements, wherever they cut, give every line its softmax', (size) => {
    const totals = new Totals(outer * inner, length, inner)
    for (let at = 0; at < values.length; at += size) totals.add(values.slice(at, at + size), at)
    for (let at = 0; at < values.length; at += size) {
      const result = totals.softmax(values.slice(at, at + size), at, false)
      // a few roundings of numbers below 1
      expect(result.every((y, i) => Math.abs(y - wanted[at + i]) <= 1e-14)).toBe(true)
    }
  })

  test('a line that keeps nothing is all zero, and -Infinity in logarithms', () => {
    const totals = new Totals(1, 2, 1)
    const keep = Uint8Array.of(0, 0)
    totals.add(Float64Array.of(1, 2), 0, keep)
    expect([...totals.softmax(Float64Array.of(1, 2), 0, false, keep)]).toEqual([0, 0])
    expect([...totals.softmax(Float64Array.of(1, 2), 0, true, keep)]).toEqual([-Infinity, -Infinity])
  })
})

describe('rows beyond what may be held', () => {
  test('one long row, masked and tempered', async () => {
    const size = held + 37
    const shell = new Shell()
    shell.write('x.npy', array([size]))
    shell.write('m.npy', bool([size], new Array(size).fill(1).fill(0, 5, 10)))
    const { code, stderr } = await softmax(shell, 'x.npy', '--temperature', '2', '--mask', 'm.npy', '-o', 'y.npy')
    expect([code, stderr]).toEqual([0, ''])
    const x = readNpy(shell.read('x.npy')).values
    const y = readNpy(shell.read('y.npy')).values
    expect(y.splice(5, 5)).toEqual([0, 0, 0, 0, 0])
    x.splice(5, 5)
    expectNear(y, textbookSoftmax(x, 2))
  })

  test.each([
    ['npy', []],
    ['csv', []],
    ['jsonl', ['--dtype', 'float32']],
  ])('axis 0 of a long table, from %s', async (format, more) => {
    const shell = new Shell()
    shell.write('x.npy', array([held, 4]))
    const x = readNpy(shell.read('x.npy')).values
    const rows = Array.from({ length: held }, (_, row) => x.slice(4 * row, 4 * row + 4))
    shell.write('x.csv', rows.map((row) => row.join(',')).join('\n'))
    shell.write('x.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'))
    const { code, stderr } = await softmax(shell, `x.${format}`, '--axis', '0', '-o', 'y.npy', ...more)
    expect([code, stderr]).toEqual([0, ''])
    const { shape, values } = readNpy(shell.read('y.npy'))
    expect(shape).toEqual([held, 4])
    for (let column = 0; column < 4; column++) {
      const at = (_: number, i: number): boolean => i % 4 === column
      expectNear(values.filter(at), textbookSoftmax(x.filter(at)))
    }
  })

  test('the middle axis of a long block, in float16', async () => {
    const shell = new Shell()
    // every logit is 0, so each probability is exactly 1/128, the half with exponent field 8
    shell.write('x.npy', npy('<f2', [2, held, 2], new Uint16Array(4 * held)))
    await softmax(shell, 'x.npy', '--axis', '1', '-o', 'y.npy')
    const { descr, shape, values } = readNpy(shell.read('y.npy'))
    expect([descr, shape]).toEqual(['<f2', [2, held, 2]])
    expect(new Set(values)).toEqual(new Set([8 << 10]))
  })

  test('long rows of log-probabilities, read from probabilities', async () => {
    const size = held * 2
    const shell = new Shell()
    shell.write(
      'p.npy',
      array([2, size], () => 1 / size),
    )
    await softmax(shell, 'p.npy', '--from', 'probabilities', '--log', '-o', 'y.npy')
    const values = readNpy(shell.read('y.npy')).values.map((value) => -value)
    expectNear(values, new Array(2 * size).fill(Math.log(size)))
  })

  test('blocks too long with short rows take one pass and keep their shape', async () => {
    const shape = [2, held, 4]
    const shell = new Shell()
    shell.write('x.npy', array(shape))
    await softmax(shell, 'x.npy', '-o', 'y.npy')
    const y = readNpy(shell.read('y.npy'))
    const x = readNpy(shell.read('x.npy')).values
    expect(y.shape).toEqual(shape)
    for (let at = 0; at < x.length; at += 4)
      expectNear(y.values.slice(at, at + 4), textbookSoftmax(x.slice(at, at + 4)))
  })

  test('a row of NaN stays one, and is reported', async () => {
    const shell = new Shell()
    shell.write('x.npy', array([2, held + 1]))
    const bytes = shell.read('x.npy')
    bytes.writeFloatLE(Number.NaN, bytes.length - 4)
    shell.write('x.npy', bytes)
    const { stderr } = await softmax(shell, 'x.npy', '-o', 'y.npy')
    const { values } = readNpy(shell.read('y.npy'))
    expect(values.slice(held + 1).every(Number.isNaN)).toBe(true)
    expect(values.slice(0, held + 1).some(Number.isNaN)).toBe(false)
    expect(stderr).toMatch(/1 value is not finite \(1 NaN\) in 1 row, first in row 1/)
  })
})

describe('what two passes refuse', () => {
  const axis0 = ['--axis', '0', '-o', 'y.npy']
  const refusal = async (content: Uint8Array, ...argv: string[]): Promise<Result> => {
    const shell = new Shell()
    shell.write('x.npy', content)
    const result = await softmax(shell, 'x.npy', ...argv)
    expect(shell.names()).toEqual(['x.npy'])
    return result
  }

  test.each([
    ['npy', array([held, 2])],
    ['csv', '1,2\n'.repeat(held)],
  ])('a pipe of %s, which cannot be read twice', async (format, content) => {
    const shell = new Shell()
    const argv = ['softmax', '-', '--format', format, ...axis0]
    const stdin = Readable.from([Buffer.from(content)])
    const { code, stderr } = await shell.execute((terminal) => run(argv, terminal), { held, stdin })
    expect([code, shell.names()]).toEqual([1, []])
    expect(stderr).toBe(
      'onesum softmax: -: along axis 0 the rows do not fit in memory, and a pipe cannot be read twice; ' +
        'write the logits to a file first\n',
    )
  })

  test('more rows at once than their totals fit in memory', async () => {
    const { code, stderr } = await refusal(array([2, 2 ** 18 + 1]), ...axis0)
    expect(code).toBe(1)
    expect(stderr).toContain('262145 rows along axis 0 do not fit in memory together; move that axis to the end')
  })

  test('the limits of the temperature', async () => {
    const { code, stderr } = await refusal(array([held, 2]), ...axis0, '--temperature', '0')
    expect(code).toBe(2)
    expect(stderr).toContain('--temperature 0 is possible only where a row fits in memory')
  })

  test('a quotient beyond float64', async () => {
    const { code, stderr } = await refusal(array([held, 2]), ...axis0, '--temperature', '1e-320')
    expect(code).toBe(1)
    expect(stderr).toContain('divided by the temperature 1e-320 is beyond float64')
  })

  test('columns that are probabilities already', async () => {
    const content = array([held, 2], () => 1 / held)
    const { code, stderr } = await refusal(content, ...axis0)
    expect(code).toBe(1)
    expect(stderr).toContain('these look like probabilities')
  })
})

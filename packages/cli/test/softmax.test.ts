import { describe, expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { logits, rows, textbookSoftmax } from './support/logits.ts'
import { bool, f4, f8, i4, npy, readNpy } from './support/npy.ts'
import { Recorder, Shell } from './support/shell.ts'

const expected = rows.flatMap((row) => textbookSoftmax(row))

// the textbook's rounding and the library's bound of 1e-13 together
const float64 = 1e-12
// two float32 ulp at 1
const float32 = 2.4e-7

function near(actual: readonly number[], wanted: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(wanted.length)
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(actual[i] - wanted[i])).toBeLessThanOrEqual(tolerance)
}

const inputs: Record<string, string | Uint8Array> = {
  'x.npy': f8([2, 3], logits),
  'x.csv': rows.map((row) => row.join(',')).join('\n'),
  'x.tsv': rows.map((row) => row.join('\t')).join('\n'),
  'x.json': JSON.stringify(rows),
  'x.jsonl': rows.map((row) => JSON.stringify(row)).join('\n'),
}

function valuesOf(name: string, content: Buffer): number[] {
  if (name.endsWith('.npy')) return readNpy(content).values
  const text = content.toString()
  if (name.endsWith('.json')) return JSON.parse(text).flat()
  return text
    .trim()
    .split('\n')
    .flatMap((line) => (name.endsWith('.jsonl') ? JSON.parse(line) : line.split(/[,\t]/).map(Number)))
}

describe('softmax over every pair of formats', () => {
  const names = Object.keys(inputs)
  const pairs = names.flatMap((from) => names.map((to) => [from, to.replace('x.', 'y.')]))
  test.each(pairs)('%s becomes %s with the same probabilities', async (from, to) => {
    const shell = new Shell()
    shell.write(from, inputs[from])
    const { code, stdout, stderr } = await shell.onesum('softmax', from, '-o', to)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(new RegExp(`^${to}: 2 × 3, float64, \\d+ B\n$`))
    near(valuesOf(to, shell.read(to)), expected, float64)
  })

  test.each(names)('%s through stdin and stdout is what a file gives', async (name) => {
    const shell = new Shell()
    const format = name.slice(2)
    const { code, bytes } = await shell.piped(inputs[name], 'softmax', '-', '--format', format)
    expect(code).toBe(0)
    near(valuesOf(name, bytes), expected, float64)
    expect(shell.names()).toEqual([])
  })
})

describe('the precision of the output', () => {
  test('float32 stays float32', async () => {
    const shell = new Shell()
    shell.write('x.npy', f4([2, 3], logits))
    await shell.onesum('softmax', 'x.npy', '-o', 'y.npy')
    const { descr, shape, values } = readNpy(shell.read('y.npy'))
    expect([descr, shape]).toEqual(['<f4', [2, 3]])
    near(values, expected, float32)
  })

  test('float16 stays float16', async () => {
    const shell = new Shell()
    // the half 0x3c00 is 1, 0 is 0: equal logits share equally, and 0.5 is the half 0x3800
    shell.write('x.npy', npy('<f2', [2, 2], Uint16Array.of(0x3c00, 0x3c00, 0, 0)))
    await shell.onesum('softmax', 'x.npy', '-o', 'y.npy')
    const { descr, values } = readNpy(shell.read('y.npy'))
    expect([descr, values]).toEqual(['<f2', [0x3800, 0x3800, 0x3800, 0x3800]])
  })

  test.each([
    ['float16', '<f2'],
    ['float32', '<f4'],
    ['float64', '<f8'],
  ])('--dtype %s chooses it', async (dtype, descr) => {
    const shell = new Shell()
    shell.write('x.npy', f4([2, 3], logits))
    await shell.onesum('softmax', 'x.npy', '-o', 'y.npy', '--dtype', dtype)
    expect(readNpy(shell.read('y.npy')).descr).toBe(descr)
  })
})

describe('options of the mapping', () => {
  const csv = 'cat,dog,label\n1,2,dog\n3,1,cat\n'

  test('--log writes log-probabilities', async () => {
    const shell = new Shell()
    shell.write('x.npy', f8([2, 3], logits))
    await shell.onesum('softmax', 'x.npy', '-o', 'y.npy', '--log')
    near(readNpy(shell.read('y.npy')).values, expected.map(Math.log), float64)
  })

  test('--temperature divides the logits', async () => {
    const shell = new Shell()
    shell.write('x.npy', f8([2, 3], logits))
    await shell.onesum('softmax', 'x.npy', '-o', 'y.npy', '--temperature', '4')
    const wanted = rows.flatMap((row) => textbookSoftmax(row, 4))
    near(readNpy(shell.read('y.npy')).values, wanted, float64)
  })

  test.each(['x.npy', 'x.csv', 'x.json'])('--axis 0 of %s normalises the columns', async (name) => {
    const shell = new Shell()
    shell.write(name, inputs[name])
    await shell.onesum('softmax', name, '-o', 'y.npy', '--axis', '0')
    const { shape, values } = readNpy(shell.read('y.npy'))
    const columns = [0, 1, 2].map((c) => textbookSoftmax([rows[0][c], rows[1][c]]))
    expect(shape).toEqual([2, 3])
    near(values, [...columns.map((column) => column[0]), ...columns.map((column) => column[1])], float64)
  })

  test('three axes keep their shape in NPY and JSON, and are a table of the last one in CSV', async () => {
    const shell = new Shell()
    shell.write('x.npy', f8([2, 1, 3], logits))
    await shell.onesum('softmax', 'x.npy', '-o', 'y.npy')
    await shell.onesum('softmax', 'x.npy', '-o', 'y.json')
    await shell.onesum('softmax', 'x.npy', '-o', 'y.csv')
    expect(readNpy(shell.read('y.npy')).shape).toEqual([2, 1, 3])
    expect(JSON.parse(shell.text('y.json')).map((block: unknown[][]) => block.map((row) => row.length))).toEqual([
      [3],
      [3],
    ])
    expect(shell.text('y.csv').trim().split('\n')).toHaveLength(2)
  })

  test('the middle axis of three is normalised', async () => {
    const shell = new Shell()
    shell.write('x.npy', f8([1, 3, 2], [2, -1, 1, 0.5, 0, 3]))
    await shell.onesum('softmax', 'x.npy', '-o', 'y.npy', '--axis', '1')
    const [one, two] = rows.map((row) => textbookSoftmax(row))
    near(readNpy(shell.read('y.npy')).values, [one[0], two[0], one[1], two[1], one[2], two[2]], float64)
  })

  test('a flat file is one row, and a single number is certain of itself', async () => {
    const shell = new Shell()
    shell.write('row.npy', f8([3], rows[0]))
    shell.write('number.npy', f8([], [7]))
    await shell.onesum('softmax', 'row.npy', '-o', 'row.json')
    await shell.onesum('softmax', 'number.npy', '-o', 'one.npy')
    near(JSON.parse(shell.text('row.json')), textbookSoftmax(rows[0]), float64)
    expect(readNpy(shell.read('one.npy'))).toEqual({ descr: '<f8', shape: [], values: [1] })
  })

  test('an array without elements stays one', async () => {
    const shell = new Shell()
    shell.write('x.npy', f8([0, 3], []))
    const { code } = await shell.onesum('softmax', 'x.npy', '-o', 'y.npy')
    expect(code).toBe(0)
    expect(readNpy(shell.read('y.npy')).shape).toEqual([0, 3])
  })

  test('column names carry through and the label column stays behind', async () => {
    const shell = new Shell()
    shell.write('x.csv', csv)
    const { code, stdout } = await shell.onesum('softmax', 'x.csv', '--label-column', 'label')
    expect(code).toBe(0)
    const [header, first] = stdout.split('\n')
    expect(header).toBe('cat,dog')
    near(first.split(',').map(Number), textbookSoftmax([1, 2]), float64)
  })

  test('--no-header takes a first line of numbers as data, --header as names', async () => {
    const shell = new Shell()
    shell.write('x.csv', '1,2\n3,4\n')
    expect((await shell.onesum('softmax', 'x.csv', '--no-header')).stdout.trim().split('\n')).toHaveLength(2)
    expect((await shell.onesum('softmax', 'x.csv', '--header')).stdout.split('\n')[0]).toBe('1,2')
  })

  test('--output-format decides for stdout', async () => {
    const shell = new Shell()
    shell.write('x.npy', f8([2, 3], logits))
    const { stdout } = await shell.onesum('softmax', 'x.npy', '--output-format', 'jsonl')
    near(valuesOf('y.jsonl', Buffer.from(stdout)), expected, float64)
  })
})

describe('masks', () => {
  const kept = [textbookSoftmax([2, 0]), textbookSoftmax([-1, 3])]
  const wanted = [kept[0][0], 0, kept[0][1], kept[1][0], 0, kept[1][1]]
  const fortran = Uint8Array.from(bool([2, 3], [1, 1, 0, 0, 1, 1]))
  fortran.set(Buffer.from('True, '), Buffer.from(fortran).indexOf('False,'))
  const masks: [string, string, string | Uint8Array][] = [
    ['booleans of the same shape', 'm.npy', bool([2, 3], [1, 0, 1, 1, 0, 1])],
    ['one row of integers', 'm.npy', i4([3], [1, 0, 1])],
    ['one row in two dimensions', 'm.npy', i4([1, 3], [1, 0, 1])],
    ['big-endian integers', 'm.npy', npy('>i2', [3], Uint16Array.of(256, 0, 256))],
    ['CSV', 'm.csv', '1,0,1\n1,0,1\n'],
    ['one line of CSV', 'm.csv', '1,0,1\n'],
    ['JSON', 'm.json', '[[1,0,1],[1,0,1]]'],
    ['booleans of JSON in one row', 'm.json', '[true,false,true]'],
    ['booleans in Fortran order', 'm.npy', fortran],
  ]
  test.each(masks)('%s leave entries out', async (_, name, mask) => {
    for (const input of ['x.npy', 'x.csv']) {
      const shell = new Shell()
      shell.write(input, inputs[input])
      shell.write(name, mask)
      const { code, stderr } = await shell.onesum('softmax', input, '--mask', name, '-o', 'y.npy')
      expect([code, stderr]).toEqual([0, ''])
      near(readNpy(shell.read('y.npy')).values, wanted, float64)
    }
  })

  test('one line of CSV is the mask of a flat file', async () => {
    const shell = new Shell()
    shell.write('x.npy', f8([3], [2, 1, 0]))
    shell.write('m.csv', '1,0,1\n')
    const { code, stderr } = await shell.onesum('softmax', 'x.npy', '--mask', 'm.csv', '-o', 'y.npy')
    expect([code, stderr]).toEqual([0, ''])
    near(readNpy(shell.read('y.npy')).values, [kept[0][0], 0, kept[0][1]], float64)
  })

  test('what is masked is not reported as non-finite', async () => {
    const shell = new Shell()
    shell.write('x.csv', '1,nan\n2,3\n')
    shell.write('m.csv', '1,0\n1,1\n')
    const { code, stderr, stdout } = await shell.onesum('softmax', 'x.csv', '--mask', 'm.csv')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.split('\n')[0]).toBe('1,0')
  })
})

describe('probabilities as input', () => {
  const p = [0.9, 0.1, 0.25, 0.75]

  test('--from probabilities gives them back at temperature 1', async () => {
    const shell = new Shell()
    shell.write('p.npy', f8([2, 2], p))
    await shell.onesum('softmax', 'p.npy', '--from', 'probabilities', '-o', 'y.npy')
    near(readNpy(shell.read('y.npy')).values, p, float64)
  })

  test('--temperature rescales them: p^(1/T), normalised', async () => {
    const shell = new Shell()
    shell.write('p.npy', f8([2, 2], p))
    await shell.onesum('softmax', 'p.npy', '--from', 'probabilities', '--temperature', '0.5', '-o', 'y.npy')
    const squares = p.map((value) => value * value)
    const wanted = squares.map((value, i) => value / (squares[i - (i % 2)] + squares[i - (i % 2) + 1]))
    near(readNpy(shell.read('y.npy')).values, wanted, float64)
  })

  test('--from logits insists', async () => {
    const shell = new Shell()
    shell.write('p.npy', f8([2, 2], p))
    await shell.onesum('softmax', 'p.npy', '--from', 'logits', '-o', 'y.npy')
    near(
      readNpy(shell.read('y.npy')).values,
      [...textbookSoftmax([0.9, 0.1]), ...textbookSoftmax([0.25, 0.75])],
      float64,
    )
  })

  test('a thousand rows of probabilities before the first logit are refused all the same', async () => {
    const shell = new Shell()
    shell.write('p.csv', `${'0.5,0.5\n'.repeat(1000)}7,-3\n`)
    expect((await shell.onesum('softmax', 'p.csv')).code).toBe(1)
    shell.write('p.csv', `${'0.5,0.5\n'.repeat(999)}7,-3\n`)
    expect((await shell.onesum('softmax', 'p.csv')).code).toBe(0)
  })
})

test('logits that are not finite are counted on stderr, the first row named', async () => {
  const shell = new Shell()
  shell.write('x.csv', '1,2\nnan,inf\n3,-inf\n')
  const { code, stdout, stderr } = await shell.onesum('softmax', 'x.csv')
  expect(code).toBe(0)
  expect(stdout.split('\n').slice(1)).toEqual(['NaN,NaN', '1,0', ''])
  expect(stderr).toBe(
    'onesum: x.csv: 3 values are not finite (1 NaN, 1 +Infinity, 1 -Infinity) in 2 rows, first in row 1: ' +
      'rows with NaN or Infinity come out as NaN, -Infinity is probability 0\n',
  )
})

test('--force replaces a file, and only then', async () => {
  const shell = new Shell()
  shell.write('x.csv', inputs['x.csv'])
  shell.write('y.csv', 'precious')
  expect((await shell.onesum('softmax', 'x.csv', '-o', 'y.csv')).code).toBe(1)
  expect(shell.text('y.csv')).toBe('precious')
  expect((await shell.onesum('softmax', 'x.csv', '-o', 'y.csv', '--force')).code).toBe(0)
  near(valuesOf('y.csv', shell.read('y.csv')), expected, float64)
})

test('NPY is kept from a terminal', async () => {
  const shell = new Shell()
  shell.write('x.npy', inputs['x.npy'])
  const stdout = new Recorder(true)
  const { code, stderr } = await shell.execute((terminal) => run(['softmax', 'x.npy'], terminal), { stdout })
  expect([code, stdout.bytes().length]).toEqual([2, 0])
  expect(stderr).toContain('NPY is not for a terminal: write to a file with -o FILE, or pass --output-format csv')
})

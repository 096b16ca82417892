import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { f8, i4 } from './support/npy.ts'
import { Shell } from './support/shell.ts'

const data = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../../examples/data/${name}`, import.meta.url)))

function digits(): Shell {
  const shell = new Shell()
  shell.write('x.npy', data('digits.logits.npy'))
  shell.write('l.npy', data('digits.labels.npy'))
  return shell
}

describe('the digits of examples/data', () => {
  // computed with scikit-learn 1.9.1 and scipy 1.17.1 in float64, at temperature 1 and at 4.03909460411067
  const before = {
    accuracy: 0.822742474916388,
    nll: 1.4599126923667918,
    brier: 0.30636704164887174,
    ece: 0.13364273078979216,
    mce: 0.42690101964399946,
    meanConfidence: 0.9528095722008162,
  }
  const after = {
    accuracy: 0.822742474916388,
    nll: 0.6747886554807853,
    brier: 0.28303197752330744,
    ece: 0.0689002804632124,
    mce: 0.149464281348585,
    meanConfidence: 0.7538421944531755,
  }

  function expectMetrics(json: string, wanted: Record<string, number>, relative: number): void {
    const metrics = JSON.parse(json)
    for (const [key, value] of Object.entries(wanted)) {
      expect(Math.abs(metrics[key] - value), key).toBeLessThanOrEqual(relative * Math.abs(value))
    }
  }

  test('--json gives the reference metrics', async () => {
    const shell = digits()
    const { code, stdout, stderr } = await shell.onesum('evaluate', 'x.npy', '--labels', 'l.npy', '--json')
    expect([code, stderr]).toEqual([0, ''])
    // both sides sum 897 float64 terms
    expectMetrics(stdout, before, 1e-9)
    expect(JSON.parse(stdout)).toMatchObject({ rows: 897, classes: 10, skipped: 0 })
    expect(JSON.parse(stdout).bins).toHaveLength(15)
  })

  test('a temperature through softmax and a pipe gives those of the tempered model', async () => {
    const shell = digits()
    const temper = [
      'softmax',
      'x.npy',
      '--temperature',
      '4.03909460411067',
      '--dtype',
      'float64',
      '--output-format',
      'csv',
    ]
    const { stdout } = await shell.onesum(...temper)
    const result = await shell.piped(
      stdout,
      'evaluate',
      '-',
      '--format',
      'csv',
      '--from',
      'probabilities',
      '--labels',
      'l.npy',
      '--json',
    )
    expect(result.code).toBe(0)
    expectMetrics(result.stdout, after, 1e-9)
  })

  test('people get a verdict, the metrics and the bins that hold rows', async () => {
    const shell = digits()
    const { stdout } = await shell.onesum('evaluate', 'x.npy', '--labels', 'l.npy')
    expect(stdout).toContain(
      'On 897 rows of 10 classes the model claims 95.3% on average and is right 82.3% of the time.',
    )
    expect(stdout).toContain('It is overconfident by 13.0 points')
    expect(stdout).toMatch(/^accuracy +82\.3% /m)
    expect(stdout).toMatch(/^NLL +1\.4599 /m)
    expect(stdout).toMatch(/^ +93\.3% – 100\.0% +738 .*█/m)
    expect(stdout).not.toMatch(/^ +0\.0% –/m)
    const longest = Math.max(...stdout.split('\n').map((line) => line.length))
    expect(longest).toBeLessThanOrEqual(100)
  })

  test('--bins and --top-k choose what is measured', async () => {
    const shell = digits()
    const { stdout } = await shell.onesum(
      'evaluate',
      'x.npy',
      '--labels',
      'l.npy',
      '--json',
      '--bins',
      '4',
      '--top-k',
      '2,10',
    )
    const { bins, topKAccuracy } = JSON.parse(stdout)
    expect(bins).toHaveLength(4)
    expect(Object.keys(topKAccuracy)).toEqual(['2', '10'])
    expect(topKAccuracy['10']).toBe(1)
  })
})

describe('where the labels come from', () => {
  const csv = 'cat,dog,animal\n1,2,dog\n3,1,cat\n2,1,dog\n'
  const accuracy = async (shell: Shell, ...argv: string[]): Promise<number> => {
    const { code, stdout, stderr } = await shell.onesum('evaluate', ...argv, '--json')
    expect([code, stderr]).toEqual([0, ''])
    return JSON.parse(stdout).accuracy
  }

  test('a column of the logits, with names from the header', async () => {
    const shell = new Shell()
    shell.write('x.csv', csv)
    expect(await accuracy(shell, 'x.csv', '--label-column', 'animal')).toBe(2 / 3)
  })

  test('a file of names, with --classes for their order', async () => {
    const shell = new Shell()
    shell.write('x.npy', f8([3, 2], [1, 2, 3, 1, 2, 1]))
    shell.write('l.csv', 'dog\ncat\ndog\n')
    expect(await accuracy(shell, 'x.npy', '--labels', 'l.csv', '--classes', 'cat,dog')).toBe(2 / 3)
  })

  test('a column of their own file', async () => {
    const shell = new Shell()
    shell.write('x.npy', f8([3, 2], [1, 2, 3, 1, 2, 1]))
    shell.write('l.csv', 'id,truth\n7,1\n8,0\n9,1\n')
    expect(await accuracy(shell, 'x.npy', '--labels', 'l.csv', '--label-column', 'truth')).toBe(2 / 3)
  })

  test.each([
    ['l.json', '[1,0,1]'],
    ['l.jsonl', '1\n0\n1\n'],
    ['l.tsv', '1\n0\n1\n'],
    ['l.npy', i4([3], [1, 0, 1])],
  ])('%s', async (name, content) => {
    const shell = new Shell()
    shell.write('x.npy', f8([3, 2], [1, 2, 3, 1, 2, 1]))
    shell.write(name, content)
    expect(await accuracy(shell, 'x.npy', '--labels', name)).toBe(2 / 3)
  })
})

describe('what evaluate refuses, with exit code 1', () => {
  const three = f8([3, 2], [1, 2, 3, 1, 2, 1])
  test.each([
    ['fewer labels than rows', three, i4([2], [1, 0]), 'l.npy: fewer labels than rows: 2 labels for 3 rows of x.npy'],
    [
      'more labels than rows',
      three,
      i4([5], [1, 0, 1, 1, 1]),
      'l.npy: more labels than rows: 5 labels for 3 rows of x.npy',
    ],
    [
      'a label out of range',
      three,
      i4([3], [1, 0, 2]),
      'l.npy: row 2: the label 2 is out of range for 2 classes (0 to 1)',
    ],
    [
      'a negative label',
      three,
      i4([3], [1, -1, 2]),
      'l.npy: row 1: the label -1 is out of range for 2 classes (0 to 1)',
    ],
    ['no rows', f8([0, 2], []), i4([0], []), 'x.npy: there are no rows to evaluate'],
    [
      'probabilities',
      f8([1, 2], [0.4, 0.6]),
      i4([1], [1]),
      'x.npy: these look like probabilities (every row lies in [0, 1] and sums to 1), and logits are expected; pass --from probabilities, or --from logits to insist',
    ],
    [
      'not finite',
      f8([3, 2], [1, 2, NaN, 1, 2, -Infinity]),
      i4([3], [1, 0, 1]),
      'x.npy: 2 values are not finite (1 NaN, 1 -Infinity) in 2 rows, first in row 1; pass --allow-nonfinite to take -Infinity as probability 0 and to leave out the rows without a distribution',
    ],
  ])('%s', async (_, logits, labels, message) => {
    const shell = new Shell()
    shell.write('x.npy', logits)
    shell.write('l.npy', labels)
    const { code, stdout, stderr } = await shell.onesum('evaluate', 'x.npy', '--labels', 'l.npy')
    expect([code, stdout, stderr]).toEqual([1, '', `onesum evaluate: ${message}\n`])
  })

  test('logits taken for probabilities, in the words of the command', async () => {
    const shell = new Shell()
    shell.write('x.npy', three)
    shell.write('l.npy', i4([3], [1, 0, 1]))
    const { code, stderr } = await shell.onesum('evaluate', 'x.npy', '--labels', 'l.npy', '--from', 'probabilities')
    expect(code).toBe(1)
    expect(stderr).toBe(
      'onesum evaluate: x.npy: expected probabilities in [0, 1] that sum to 1 in each row, got 2 for class 1 in row 0; ' +
        'pass --from logits if these are logits\n',
    )
  })

  test('a wrong label far into the file is named by its row in the whole file', async () => {
    const shell = new Shell()
    // more rows than one piece of 2^19 elements holds
    const rows = 300_000
    shell.write(
      'x.npy',
      f8(
        [rows, 2],
        Array.from({ length: 2 * rows }, (_, i) => i % 7),
      ),
    )
    shell.write(
      'l.npy',
      i4(
        [rows],
        Array.from({ length: rows }, (_, row) => (row === 290_123 ? 2 : row % 2)),
      ),
    )
    const { stderr } = await shell.onesum('evaluate', 'x.npy', '--labels', 'l.npy')
    expect(stderr).toBe('onesum evaluate: l.npy: row 290123: the label 2 is out of range for 2 classes (0 to 1)\n')
  })

  test('a label that is neither a number nor a name', async () => {
    const shell = new Shell()
    shell.write('x.csv', 'cat,dog,animal\n1,2,dog\n3,1,cow\n')
    const { code, stderr } = await shell.onesum('evaluate', 'x.csv', '--label-column', 'animal')
    expect(code).toBe(1)
    expect(stderr).toContain('x.csv: row 1: no class is named "cow"; the classes are "cat", "dog"')
  })
})

test('--allow-nonfinite takes -Infinity exactly, and leaves out and counts rows without a distribution', async () => {
  const shell = new Shell()
  shell.write('x.npy', f8([4, 2], [0, -Infinity, NaN, 1, Infinity, 0, -Infinity, -Infinity]))
  shell.write('l.npy', i4([4], [0, 0, 0, 0]))
  const json = await shell.onesum('evaluate', 'x.npy', '--labels', 'l.npy', '--allow-nonfinite', '--json')
  expect(JSON.parse(json.stdout)).toMatchObject({
    rows: 1,
    skipped: 3,
    accuracy: 1,
    nll: 0,
    nonFinite: { nan: 1, plusInfinity: 1, minusInfinity: 3, rows: 4, firstRow: 0 },
  })
  const text = await shell.onesum('evaluate', 'x.npy', '--labels', 'l.npy', '--allow-nonfinite')
  expect(text.stdout).toContain('in 4 rows, first in row 0; 3 rows left out: no distribution')
})

test('a true class of probability 0 has an infinite loss, which JSON holds as a string', async () => {
  const shell = new Shell()
  shell.write('x.npy', f8([1, 2], [0, -Infinity]))
  shell.write('l.npy', i4([1], [1]))
  const { stdout } = await shell.onesum('evaluate', 'x.npy', '--labels', 'l.npy', '--allow-nonfinite', '--json')
  expect(JSON.parse(stdout).nll).toBe('Infinity')
})

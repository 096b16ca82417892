import { calibratorFromJSON, fitTemperature, splitRows } from 'onesum/calibration'
import { evaluate } from 'onesum/metrics'
import { describe, expect, test } from 'vitest'
import { textbookSoftmax } from './support/logits.ts'
import { f4, f8, i4, readNpy } from './support/npy.ts'
import { overconfidentRows } from './support/rows.ts'
import { Shell } from './support/shell.ts'

const given = overconfidentRows(600, 3)

function files(): Shell {
  const shell = new Shell()
  shell.write('x.npy', f8(given.shape, given.logits))
  shell.write('l.npy', i4([600], given.labels))
  return shell
}

const calibrate = (shell: Shell, ...more: string[]) =>
  shell.onesum('calibrate', 'x.npy', '--labels', 'l.npy', '-o', 'c.json', ...more)

describe('calibrate', () => {
  test('fits one half of the rows and judges on the other', async () => {
    const shell = files()
    const { code, stdout, stderr } = await calibrate(shell, '--json')
    expect([code, stderr]).toEqual([0, ''])
    const result = JSON.parse(stdout)
    const { fit, held } = splitRows(given.labels, { holdout: 0.5, seed: 1 })
    const pick = (rows: Int32Array) => [...rows].flatMap((row) => given.logits.slice(3 * row, 3 * row + 3))
    const labelsOf = (rows: Int32Array) => [...rows].map((row) => given.labels[row])
    const wanted = fitTemperature(pick(fit), labelsOf(fit), { shape: [fit.length, 3] })
    expect(JSON.parse(shell.text('c.json'))).toEqual(JSON.parse(JSON.stringify(wanted)))
    expect(result.calibrator).toEqual(JSON.parse(shell.text('c.json')))
    expect([result.fitted, result.judged, result.seed, result.holdout]).toEqual([300, 300, 1, 0.5])
    const before = evaluate(pick(held), labelsOf(held), { shape: [held.length, 3] })
    expect(result.before.nll).toBe(before.nll)
    expect(result.after.nll).toBeLessThan(before.nll)
    // the logits are twice what they should be
    expect(Math.abs(wanted.temperature - 2)).toBeLessThan(0.5)
  })

  test('tells people what it found, and that it helps', async () => {
    const { stdout } = await calibrate(files())
    expect(stdout).toMatch(/^Temperature [\d.]+: the logits divided by it, the model is less sure of itself/)
    expect(stdout).toContain('Fitted on 300 rows, judged on 300 others (seed 1).')
    expect(stdout).toMatch(/^ECE +[\d.]+% +[\d.]+%$/m)
    expect(stdout).toContain('It helps: on rows it has not seen')
    expect(stdout).toMatch(/^c\.json: temperature calibrator, \d+ B$/m)
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(120)
  })

  test('with folds fits all rows, and judges each by the others', async () => {
    const shell = files()
    const { stdout } = await calibrate(shell, '--folds', '3', '--json')
    const wanted = fitTemperature(given.logits, given.labels, { shape: given.shape })
    expect(JSON.parse(shell.text('c.json')).temperature).toBe(wanted.temperature)
    const { before, fitted, judged } = JSON.parse(stdout)
    expect([fitted, judged, before.rows]).toEqual([600, 600, 600])
    // sums of 600 terms in another order
    expect(before.nll).toBeCloseTo(evaluate(given.logits, given.labels, { shape: given.shape }).nll, 12)
  })

  test.each(['vector', 'dirichlet', 'isotonic', 'histogram'])('fits %s too', async (method) => {
    const shell = files()
    const { code, stdout } = await calibrate(shell, '--method', method)
    expect(code).toBe(0)
    expect(stdout).toContain('Fitted on 300 rows')
    expect(calibratorFromJSON(JSON.parse(shell.text('c.json'))).method).toBe(method)
  })

  test('lists what best tried, and writes the best', async () => {
    const shell = files()
    const { stdout } = await calibrate(shell, '--method', 'best', '--json')
    const { candidates, method } = JSON.parse(stdout)
    expect(candidates).toHaveLength(5)
    const losses = candidates.map((one: { nll: number | string }) => Number(one.nll))
    expect(candidates[losses.indexOf(Math.min(...losses))].method).toBe(method)
    expect((await calibrate(shell, '--method', 'best', '--force')).stdout).toMatch(/^tried, by 5 folds .* NLL/m)
  })

  test('says where no temperature is best', async () => {
    const shell = new Shell()
    shell.write('x.csv', '3,0\n0,3\n'.repeat(4))
    shell.write('right.csv', '0\n1\n'.repeat(4))
    shell.write('wrong.csv', '1\n0\n'.repeat(4))
    const right = await shell.onesum('calibrate', 'x.csv', '--labels', 'right.csv', '-o', 'a.json')
    expect(right.stdout).toContain('every row that was fitted is right')
    const wrong = await shell.onesum('calibrate', 'x.csv', '--labels', 'wrong.csv', '-o', 'b.json')
    expect(wrong.stdout).toContain('the model does no better than chance')
  })

  test('the calibrator goes to stdout alone when asked', async () => {
    const shell = files()
    const { stdout, stderr } = await shell.onesum('calibrate', 'x.npy', '--labels', 'l.npy', '-o', '-')
    expect(JSON.parse(stdout).method).toBe('temperature')
    expect(stderr).toContain('It helps')
  })

  test('leaves out rows without a softmax where that is allowed', async () => {
    const shell = files()
    shell.write('x.npy', f8(given.shape, [Number.NaN, ...given.logits.slice(1)]))
    const refused = await calibrate(shell)
    expect([refused.code, shell.names()]).toEqual([1, ['l.npy', 'x.npy']])
    expect(refused.stderr).toContain('1 NaN')
    const { code, stdout } = await calibrate(shell, '--allow-nonfinite', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout).fitted + JSON.parse(stdout).judged).toBe(599)
  })
})

describe('apply', () => {
  test('divides by the temperature, in the kind that came in', async () => {
    const shell = files()
    await calibrate(shell)
    shell.write('y.npy', f4([2, 3], [2, 1, 0, -1, 0.5, 3]))
    const { code, stdout } = await shell.onesum('apply', 'c.json', 'y.npy', '-o', 'p.npy')
    expect([code, stdout]).toEqual([0, 'p.npy: 2 × 3, float32, 152 B\n'])
    const { descr, shape, values } = readNpy(shell.read('p.npy'))
    expect([descr, shape]).toEqual(['<f4', [2, 3]])
    const { temperature } = JSON.parse(shell.text('c.json'))
    const wanted = [...textbookSoftmax([2, 1, 0], temperature), ...textbookSoftmax([-1, 0.5, 3], temperature)]
    // half a unit of float32 in the result, and as much of each of the kernels' roundings
    for (const [i, value] of values.entries()) expect(Math.abs(value / wanted[i] - 1)).toBeLessThan(1e-6)
  })

  test('takes any format and a pipe, keeps names, and leaves a label column out', async () => {
    const shell = files()
    await calibrate(shell)
    const argv = ['apply', 'c.json', '-', '--format', 'csv', '--label-column', 'label']
    const { stdout } = await shell.piped('a,b,c,label\n1,1,1,0\n', ...argv)
    expect(stdout.split('\n')[0]).toBe('a,b,c')
    for (const value of stdout.split('\n')[1].split(',')) expect(Number(value)).toBeCloseTo(1 / 3, 15)
  })

  test('a calibrator of probabilities takes probabilities', async () => {
    const shell = new Shell()
    const rows = '0.9,0.1\n0.8,0.2\n0.3,0.7\n0.6,0.4\n'.repeat(3)
    shell.write('p.csv', rows)
    shell.write('l.csv', '0\n1\n1\n0\n'.repeat(3))
    const fitted = ['calibrate', 'p.csv', '--labels', 'l.csv', '-o', 'c.json', '--from', 'probabilities']
    expect((await shell.onesum(...fitted)).code).toBe(0)
    expect((await shell.onesum('apply', 'c.json', 'p.csv', '-o', 'q.csv')).code).toBe(0)
    expect(shell.text('q.csv').split('\n')).toHaveLength(13)
  })

  test('rows without a softmax come out as NaN, and are told of', async () => {
    const shell = files()
    await calibrate(shell)
    const { code, stdout, stderr } = await shell.piped('[[1,"NaN",1]]', 'apply', 'c.json', '-', '--format', 'json')
    expect([code, stdout.replace(/\s/g, '')]).toEqual([0, '[["NaN","NaN","NaN"]]'])
    expect(stderr).toContain('1 NaN')
  })
})

describe('what is wrong is said, and nothing is written', () => {
  const calibrator = {
    version: 1,
    method: 'temperature',
    from: 'logits',
    classes: 3,
    temperature: 2,
    bound: null,
    missing: [],
  }
  const cases: { what: string; write: Record<string, string>; argv: string[]; code?: number; stderr: RegExp }[] = [
    {
      what: 'fewer labels than rows',
      write: { 'x.csv': '1,2\n2,1\n', 'l.csv': '0\n' },
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json'],
      stderr: /l\.csv: fewer labels than rows: 1 label for 2 rows of x\.csv/,
    },
    {
      what: 'one class only',
      write: { 'x.csv': '1,2\n2,1\n', 'l.csv': '1\n1\n' },
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json', '--folds', '2'],
      stderr: /l\.csv: all 2 rows to fit are of class 1: nothing can be told from one class/,
    },
    {
      what: 'one row to fit only',
      write: { 'x.csv': '1,2\n2,1\n', 'l.csv': '0\n1\n' },
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json'],
      stderr: /l\.csv: the only row to fit is of class [01]: nothing can be told from one class/,
    },
    {
      what: 'a class without rows, named',
      write: { 'x.csv': 'cat,dog,cow\n1,2,3\n2,1,1\n1,2,3\n2,1,1\n', 'l.csv': 'cat\ndog\ncat\ndog\n' },
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json', '--method', 'vector'],
      stderr: /no row to fit is of class 2 \(cow\), and --method vector fits each class by itself/,
    },
    {
      what: 'a holdout that leaves no row to fit',
      write: { 'x.csv': '1,2\n2,1\n', 'l.csv': '1\n0\n' },
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json', '--holdout', '0.99'],
      stderr: /--holdout 0\.99 of 2 rows leaves none on one side/,
    },
    {
      what: 'a holdout that is no share',
      write: { 'x.csv': '1,2\n', 'l.csv': '1\n' },
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json', '--holdout', '1'],
      code: 2,
      stderr: /expected a share between 0 and 1/,
    },
    {
      what: 'more folds than rows',
      write: { 'x.csv': '1,2\n2,1\n', 'l.csv': '1\n0\n' },
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json', '--folds', '3'],
      code: 2,
      stderr: /--folds 3 is more than the 2 rows/,
    },
    {
      what: 'Platt for three classes',
      write: { 'x.csv': '1,2,3\n2,1,3\n', 'l.csv': '1\n0\n' },
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json', '--method', 'platt'],
      code: 2,
      stderr: /--method platt is for two classes, and a row has 3 classes/,
    },
    {
      what: 'an unknown method',
      write: {},
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json', '--method', 'magic'],
      code: 2,
      stderr: /choose from temperature, vector/,
    },
    {
      what: 'probabilities that pass for logits',
      write: { 'x.csv': '0.5,0.5\n0.25,0.75\n', 'l.csv': '1\n0\n' },
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json'],
      stderr: /--from probabilities/,
    },
    {
      what: 'an empty file',
      write: { 'x.csv': '', 'l.csv': '' },
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json'],
      stderr: /x\.csv/,
    },
    {
      what: 'no output',
      write: {},
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv'],
      code: 2,
      stderr: /required option '-o, --output <file>' not specified/,
    },
    {
      what: 'names for another number of classes',
      write: { 'x.csv': '1,2\n2,1\n', 'l.csv': '1\n0\n', 'names.txt': 'a\nb\nc\n' },
      argv: ['calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json', '--classes', 'names.txt'],
      stderr: /names\.txt: it has 3 names, and a row has 2 classes/,
    },
    {
      what: 'a calibrator for another number of classes',
      write: { 'x.csv': '1,2\n', 'k.json': JSON.stringify(calibrator) },
      argv: ['apply', 'k.json', 'x.csv', '-o', 'p.csv'],
      stderr: /k\.json: it is for 3 classes, and a row of x\.csv has 2 classes/,
    },
    {
      what: 'a calibrator of another version',
      write: { 'x.csv': '1,2,3\n', 'k.json': JSON.stringify({ ...calibrator, version: 7 }) },
      argv: ['apply', 'k.json', 'x.csv', '-o', 'p.csv'],
      stderr: /k\.json: it is no calibrator: .*version/,
    },
    {
      what: 'a truncated calibrator',
      write: { 'x.csv': '1,2,3\n', 'k.json': JSON.stringify(calibrator).slice(0, 40) },
      argv: ['apply', 'k.json', 'x.csv', '-o', 'p.csv'],
      stderr: /k\.json: it is no whole JSON/,
    },
    {
      what: 'an empty calibrator',
      write: { 'x.csv': '1,2,3\n', 'k.json': '' },
      argv: ['apply', 'k.json', 'x.csv', '-o', 'p.csv'],
      stderr: /k\.json: it is no whole JSON/,
    },
    {
      what: 'a calibrator that is missing',
      write: { 'x.csv': '1,2,3\n' },
      argv: ['apply', 'k.json', 'x.csv', '-o', 'p.csv'],
      stderr: /k\.json: /,
    },
    {
      what: 'an output that is the calibrator',
      write: { 'x.csv': '1,2,3\n', 'k.json': JSON.stringify(calibrator) },
      argv: ['apply', 'k.json', 'x.csv', '-o', 'k.json', '--force'],
      stderr: /k\.json: the output is the input/,
    },
  ]

  test.each(cases)('$what', async ({ write, argv, code = 1, stderr }) => {
    const shell = new Shell()
    for (const [name, content] of Object.entries(write)) shell.write(name, content)
    const result = await shell.onesum(...argv)
    expect([result.code, result.stdout]).toEqual([code, ''])
    expect(result.stderr).toMatch(stderr)
    expect(result.stderr).not.toContain('unexpected error')
    expect(shell.names()).toEqual(Object.keys(write).sort())
    for (const [name, content] of Object.entries(write)) expect(shell.text(name)).toBe(content)
  })

  test('a file that exists is replaced with --force only', async () => {
    const shell = files()
    shell.write('c.json', 'mine')
    const refused = await calibrate(shell)
    expect([refused.code, shell.text('c.json')]).toEqual([1, 'mine'])
    expect(refused.stderr).toContain('c.json: already exists')
    expect((await calibrate(shell, '--force')).code).toBe(0)
  })

  test('a class that the holdout leaves without rows is told of', async () => {
    const shell = new Shell()
    shell.write('x.csv', '1,2,0\n2,1,0\n1,2,0\n2,1,0\n0,0,1\n')
    shell.write('l.csv', '0\n0\n1\n1\n2\n')
    const { code, stderr } = await shell.onesum('calibrate', 'x.csv', '--labels', 'l.csv', '-o', 'c.json')
    expect(code).toBe(0)
    expect(stderr).toMatch(/no row of class 2 is among those (that were fitted|held out)/)
  })
})

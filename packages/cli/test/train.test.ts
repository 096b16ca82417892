import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { classifierFromJSON, fitClassifier, splitRows } from 'onesum/classifier'
import { evaluate } from 'onesum/metrics'
import { describe, expect, test } from 'vitest'
import { confusionText } from '../src/confusion.ts'
import { f4, i4, npy } from './support/npy.ts'
import { Shell } from './support/shell.ts'

const data = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../../examples/data/${name}`, import.meta.url)))

function wine(): Shell {
  const shell = new Shell()
  shell.write('wine.csv', data('wine.csv'))
  return shell
}

const trainWine = ['train', 'wine.csv', '--label-column', 'cultivar', '--standardize', '-o', 'm.json']

/** The rows and names of wine.csv, read without the command. */
function readWine() {
  const [header, ...lines] = data('wine.csv').toString().trim().split('\n')
  const rows = lines.map((line) => line.split(','))
  const names = rows.map((row) => row[13] as string)
  const classes = [...new Set(names)].sort()
  const labels = names.map((name) => classes.indexOf(name))
  return { features: rows.map((row) => row.slice(0, 13).map(Number)), labels, classes, header: header.split(',') }
}

describe('wine', () => {
  test('the model is that of the library on the rows that were not held out', async () => {
    const shell = wine()
    const { code, stderr } = await shell.onesum(...trainWine, '--l2', '0.5', '--class-weight', 'balanced')
    expect([code, stderr, shell.names()]).toEqual([0, '', ['m.json', 'wine.csv']])
    const { features, labels, classes, header } = readWine()
    const { training } = splitRows(labels, { heldOut: 0.2, seed: 1 })
    const classifier = fitClassifier(
      Float64Array.from(Array.from(training, (row) => features[row]).flat()),
      Array.from(training, (row) => labels[row]),
      {
        shape: [training.length, 13],
        standardize: true,
        l2: 0.5,
        classWeight: 'balanced',
        seed: 1,
        classNames: classes,
        featureNames: header.slice(0, 13),
      },
    )
    expect(JSON.parse(shell.text('m.json'))).toEqual(JSON.parse(JSON.stringify(classifier)))
  })

  test('--json gives the figures of both parts, as evaluate does', async () => {
    const shell = wine()
    const { stdout } = await shell.onesum(...trainWine, '--json', '--seed', '7')
    const found = JSON.parse(stdout)
    const { features, labels } = readWine()
    const split = splitRows(labels, { heldOut: 0.2, seed: 7 })
    const classifier = classifierFromJSON(JSON.parse(shell.text('m.json')))
    for (const [name, rows] of [
      ['train', split.training],
      ['heldOut', split.heldOut],
    ] as const) {
      const x = Float64Array.from(Array.from(rows, (row) => features[row]).flat())
      const truth = Array.from(rows, (row) => labels[row])
      const shape = [rows.length, 3]
      const { accuracy, nll, brier, ece, mce } = evaluate(classifier.logits(x, { shape: [rows.length, 13] }), truth, {
        shape,
      })
      expect(found[name]).toMatchObject({ rows: rows.length, accuracy, nll, brier, ece, mce })
      const confusion: number[][] = found[name].confusion
      expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(rows.length)
      expect(confusion.reduce((sum, counts, c) => sum + counts[c], 0) / rows.length).toBe(accuracy)
    }
    expect(found).toMatchObject({ outputs: ['m.json'], classes: 3, features: 13, fit: { converged: true, l2: 1 } })
    expect(found.classNames).toEqual(['Barbera', 'Barolo', 'Grignolino'])
    expect(found.featureNames[12]).toBe('proline')
  })

  test('people get how it ended, the figures, the confusion, and the file', async () => {
    const { stdout } = await wine().onesum(...trainWine)
    expect(stdout).toMatch(/^A softmax classifier of 13 features and 3 classes, trained on 142 rows\.$/m)
    expect(stdout).toMatch(/^At the optimum after \d+ iterations, with l2 1\.$/m)
    expect(stdout).toMatch(/^ +trained on +held out$/m)
    expect(stdout).toMatch(/^accuracy +[\d.]+% +[\d.]+% {2}the most probable class is right$/m)
    expect(stdout).toMatch(/^NLL +0\.\d{4} +0\.\d{4} /m)
    expect(stdout).toMatch(/^36 rows held out, by their class \(lines\) and what they were taken for \(columns\)$/m)
    expect(stdout).toMatch(/^ +Barbera +Barolo +Grignolino +right$/m)
    expect(stdout).toMatch(/^m\.json: 13 features to 3 classes, [\d.]+ kB\n$/m)
  })

  test('--holdout 0 trains on all rows, and says so', async () => {
    const { stdout } = await wine().onesum(...trainWine, '--holdout', '0')
    expect(stdout).toContain('trained on 178 rows.')
    expect(stdout).toContain('178 rows it was trained on, by their class')
    expect(stdout).not.toContain('held out')
  })

  test('a penalty is chosen by cross-validation', async () => {
    const { stdout } = await wine().onesum(...trainWine, '--l2', 'auto')
    expect(stdout).toMatch(/with l2 [\d.]+, chosen from 13 by 5-fold cross-validation\.$/m)
  })

  test('what is not the optimum is told with its remedy', async () => {
    const few = await wine().onesum(...trainWine, '--max-iterations', '2')
    expect(few.stdout).toContain(
      'Not at the optimum: 2 iterations were not enough, with l2 1; allow more with --max-iterations.',
    )
    const free = await wine().onesum(...trainWine, '--l2', '0', '--holdout', '0')
    expect(free.stdout).toMatch(/told apart without error, and l2 0 holds nothing back; take an --l2 above 0\.$/m)
  })

  test('a model for each of two outputs, and an old one only with --force', async () => {
    const shell = wine()
    await shell.onesum(...trainWine, '-o', 'm.onnx')
    expect(shell.names()).toEqual(['m.json', 'm.onnx', 'wine.csv'])
    // ir_version 8 as field 1, and the producer's name as field 2
    expect(shell.read('m.onnx').subarray(0, 10)).toEqual(Buffer.from('\x08\x08\x12\x06onesum'))
    const before = shell.text('m.json')
    expect((await shell.onesum(...trainWine, '--l2', '9')).code).toBe(1)
    expect(shell.text('m.json')).toBe(before)
    expect((await shell.onesum(...trainWine, '--l2', '9', '--force')).code).toBe(0)
    expect(shell.text('m.json')).not.toBe(before)
  })
})

describe('networks and calibration', () => {
  const digits = (): Shell => {
    const shell = new Shell()
    shell.write('x.npy', data('pixels.features.npy'))
    shell.write('l.npy', data('pixels.labels.npy'))
    return shell
  }
  const argv = ['train', 'x.npy', '--labels', 'l.npy', '-o', 'm.json']

  test('--hidden trains a network, which is saved and told of', async () => {
    const shell = digits()
    const { code, stdout, stderr } = await shell.onesum(
      ...argv,
      '--hidden',
      '16,8',
      '--activation',
      'gelu',
      '--epochs',
      '12',
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^A network of 64 features, 16 \+ 8 hidden units \(gelu\) and 10 classes, trained on 1,294 rows\.$/m,
    )
    expect(stdout).toMatch(/^Kept aside beside them: 144 rows, to tell when to stop\.$/m)
    expect(stdout).toMatch(/^ +seen +held out$/m)
    expect(stdout).toMatch(/^rows +1,438 +359 *$/m)
    // 1438 rows less a tenth are 1294, which make 41 batches of 32
    expect(stdout).toMatch(/^Stopped after 492 steps, when the epochs were through; .*--epochs\.$/m)
    const model = JSON.parse(shell.text('m.json'))
    expect([model.activation, model.hidden.map(({ units }: { units: number }) => units)]).toEqual(['gelu', [16, 8]])
    // ten classes by chance are 10 %
    expect(Number(/^accuracy +[\d.]+% +([\d.]+)%/m.exec(stdout)?.[1])).toBeGreaterThan(80)
  })

  test('--calibrate divides the logits by a temperature, which the figures know', async () => {
    const shell = digits()
    const plain = JSON.parse((await shell.onesum(...argv, '--l2', '0.01', '--json')).stdout)
    const found = JSON.parse(
      (await shell.onesum(...argv, '--l2', '0.01', '--calibrate', 'temperature', '--json', '--force')).stdout,
    )
    expect(plain.temperature).toBe(1)
    // with hardly a penalty the digits are learned by heart, with too much confidence
    expect(found.temperature).toBeGreaterThan(1)
    expect(found.heldOut.nll).toBeLessThan(plain.heldOut.nll)
    expect(classifierFromJSON(JSON.parse(shell.text('m.json'))).temperature).toBe(found.temperature)
    const { stdout } = await shell.onesum(...argv, '--l2', '0.01', '--calibrate', 'temperature', '--force')
    expect(stdout).toMatch(/^Calibrated: its logits are divided by a temperature of [\d.]+\.$/m)
    expect(stdout).toMatch(/ trained on 1,294 rows\.\nKept aside beside them: 144 rows, to calibrate on\.$/m)
    expect([plain.keptAside, found.keptAside, found.train.rows]).toEqual([undefined, 144, 1438])
  })
})

describe('labels', () => {
  const x = f4([6, 1], [0, 1, 2, 10, 11, 12])
  const names = async (shell: Shell, ...more: string[]): Promise<unknown> => {
    const result = await shell.onesum('train', 'x.npy', '--labels', ...more, '-o', 'm.json', '--holdout', '0')
    expect(result.stderr).toBe('')
    return JSON.parse(shell.text('m.json')).classNames
  }

  test.each<[string, string | Uint8Array, string[], unknown]>([
    ['l.npy', i4([6], [0, 0, 0, 1, 1, 1]), [], undefined],
    ['l.npy', i4([6], [0, 0, 0, 1, 1, 1]), ['--classes', 'low,high'], ['low', 'high']],
    ['l.csv', 'low\nlow\nlow\nhigh\nhigh\nhigh\n', [], ['high', 'low']],
    ['l.csv', 'low\nlow\nlow\nhigh\nhigh\nhigh\n', ['--classes', 'low,high'], ['low', 'high']],
    ['l.csv', 'kind\nlow\nlow\nlow\nhigh\nhigh\nhigh\n', ['--label-column', 'kind'], ['high', 'low']],
    ['l.json', '["b","b","b","a","a","a"]', [], ['a', 'b']],
  ])('in %s name the classes (%#)', async (file, content, more, expected) => {
    const shell = new Shell()
    shell.write('x.npy', x)
    shell.write(file, content)
    expect(await names(shell, file, ...more)).toEqual(expected)
    const { classNames, ...model } = JSON.parse(shell.text('m.json'))
    const classifier = classifierFromJSON({ ...model, ...(classNames && { classNames }) })
    const [low, high] = classifier.predict([1, 11], { shape: [2, 1] })
    const first = expected === undefined ? 0 : (expected as string[]).findIndex((name) => /low|b/.test(name))
    expect([low, high]).toEqual([first, 1 - first])
  })

  test('beside features in JSON Lines, from stdin', async () => {
    const shell = new Shell()
    const lines = [0, 1, 2, 10, 11, 12].map((x) => JSON.stringify({ features: [x], kind: x < 5 ? 'low' : 'high' }))
    const argv = ['train', '-', '--format', 'jsonl', '--label-column', 'kind', '-o', 'm.json']
    const { code, stderr } = await shell.piped(`${lines.join('\n')}\n`, ...argv)
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(shell.text('m.json')).classNames).toEqual(['high', 'low'])
  })

  test('a class without rows is mentioned', async () => {
    const shell = new Shell()
    shell.write('x.npy', x)
    shell.write('l.npy', i4([6], [1, 1, 1, 3, 3, 3]))
    const { stdout } = await shell.onesum('train', 'x.npy', '--labels', 'l.npy', '-o', 'm.json')
    expect(stdout).toContain('\nNo row has the classes 0, 2.\n')
  })

  test('whole numbers are features too', async () => {
    const shell = new Shell()
    shell.write('x.npy', npy('|u1', [6, 1], Uint8Array.of(0, 1, 2, 10, 11, 12)))
    shell.write('l.npy', i4([6], [0, 0, 0, 1, 1, 1]))
    expect((await shell.onesum('train', 'x.npy', '--labels', 'l.npy', '-o', 'm.json')).code).toBe(0)
  })
})

describe('the confusion', () => {
  const counts = (classes: number) => Array.from({ length: classes }, () => new Array<number>(classes).fill(0))

  test('of few classes is a matrix', () => {
    expect(
      confusionText(
        '4 rows',
        [
          [2, 1],
          [0, 1],
        ],
        ['no', 'yes'],
      ),
    ).toEqual([
      '4 rows, by their class (lines) and what they were taken for (columns)',
      '     no  yes   right',
      'no    2    1   66.7%',
      'yes   ·    1  100.0%',
    ])
  })

  test('of many classes is a list of the commonest mistakes', () => {
    const confusion = counts(100)
    confusion[3][7] = 20
    confusion[3][3] = 30
    for (let c = 10; c < 90; c++) confusion[c][95] = 1 + (c % 5)
    const lines = confusionText('290 rows', confusion, undefined)
    expect(lines[0]).toBe('290 rows, those taken for another class, the commonest 10 of 81 pairs')
    expect(lines[2]).toMatch(/^3 +7 +20 of 50 rows$/)
    expect(lines).toHaveLength(12)
  })

  test('without a mistake says that there is none', () => {
    const confusion = counts(100)
    confusion[5][5] = 1
    expect(confusionText('1 row', confusion, undefined)).toEqual(['1 row: none was taken for another class'])
  })
})

import { mkdirSync, symlinkSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bool, f4, f8, i4, npy } from './support/npy.ts'
import { describeRefusals, type Refusal } from './support/refusals.ts'
import { Shell } from './support/shell.ts'

const good = f8([2, 3], [2, 1, 0, -1, 0.5, 3])

const softmax = (...more: string[]): string[] => ['softmax', 'x.npy', '-o', 'y.npy', ...more]

/** The input is wrong: exit code 1. The formats' own errors have their table in @onesum/io; here is one of each kind. */
const wrongInput: Refusal[] = [
  { what: 'a missing file', files: {}, argv: softmax(), stderr: /x\.npy: cannot be read: no such file or folder/ },
  { what: 'an empty file', files: { 'x.npy': '' }, argv: softmax(), stderr: /x\.npy: the file is empty/ },
  {
    what: 'a truncated NPY',
    files: { 'x.npy': good.slice(0, -3) },
    argv: softmax(),
    stderr: /x\.npy: .* it is truncated/,
  },
  {
    what: 'an oversized NPY',
    files: { 'x.npy': Buffer.concat([good, Buffer.of(1)]) },
    argv: softmax(),
    stderr: /bytes after its data/,
  },
  {
    what: 'a header of 2^40 elements',
    files: { 'x.npy': npy('<f4', [2 ** 20, 2 ** 20], new Uint8Array(4)) },
    argv: softmax(),
    stderr: /it is truncated/,
  },
  {
    what: 'integers as logits',
    files: { 'x.npy': i4([2], [1, 2]) },
    argv: softmax(),
    stderr: /dtype int32 cannot be logits/,
  },
  {
    what: 'pickled objects',
    files: { 'x.npy': npy('|O', [2], new Uint8Array(16)) },
    argv: softmax(),
    stderr: /never loaded/,
  },
  {
    what: 'a ragged CSV',
    files: { 'x.csv': '1,2\n3,4\n5\n' },
    argv: ['softmax', 'x.csv', '-o', 'y.csv'],
    stderr: /x\.csv: line 3: expected 2 fields/,
  },
  {
    what: 'text for a number',
    files: { 'x.csv': '1,2\n3,four\n' },
    argv: ['softmax', 'x.csv', '-o', 'y.csv'],
    stderr: /x\.csv: line 2, column 1: expected a number, got "four"/,
  },
  {
    what: 'an unknown extension',
    files: { 'x.txt': '1' },
    argv: ['softmax', 'x.txt', '-o', 'y.npy'],
    stderr:
      /the extension ".txt" is unknown; expected one of \.npy, \.csv, \.tsv, \.json, \.jsonl, \.ndjson, or say it with --format/,
  },
  {
    what: 'an unknown extension of the output',
    files: { 'x.npy': good },
    argv: ['softmax', 'x.npy', '-o', 'y.txt'],
    stderr: /y\.txt: the extension .* or say it with --output-format/,
  },
  {
    what: 'an output that exists',
    files: { 'x.npy': good, 'y.npy': 'precious' },
    argv: softmax(),
    stderr: 'onesum softmax: y.npy: already exists; choose another name, or overwrite it with --force\n',
  },
  {
    what: 'the input as output',
    files: { 'x.npy': good },
    argv: ['softmax', 'x.npy', '-o', './x.npy', '--force'],
    stderr: 'onesum softmax: ./x.npy: the output is the input x.npy; write to another file\n',
  },
  {
    what: 'the mask as output',
    files: { 'x.npy': good, 'm.npy': bool([3], [1, 0, 1]) },
    argv: ['softmax', 'x.npy', '--mask', 'm.npy', '-o', 'm.npy', '--force'],
    stderr: /the output is the input m\.npy/,
  },
  {
    what: 'an output in a folder that is not there',
    files: { 'x.npy': good },
    argv: ['softmax', 'x.npy', '-o', 'no/y.npy'],
    stderr: /y\.npy: cannot be written: no such file or folder/,
  },
  {
    what: 'an output below a file',
    files: { 'x.npy': good },
    argv: ['softmax', 'x.npy', '-o', 'x.npy/y.npy'],
    stderr: /y\.npy: cannot be written: a part of the path is not a folder/,
  },
  {
    what: 'probabilities as logits',
    files: { 'x.npy': f4([2, 2], [0.9, 0.1, 0.25, 0.75]) },
    argv: softmax(),
    stderr:
      'onesum softmax: x.npy: these look like probabilities (every row lies in [0, 1] and sums to 1), and logits are expected; pass --from probabilities, or --from logits to insist\n',
  },
  {
    what: 'columns of probabilities as logits',
    files: { 'x.npy': f4([2, 2], [0.9, 0.25, 0.1, 0.75]) },
    argv: softmax('--axis', '0'),
    stderr: /these look like probabilities/,
  },
  {
    what: 'logits as probabilities',
    files: { 'x.npy': good },
    argv: softmax('--from', 'probabilities'),
    stderr:
      'onesum softmax: x.npy: row 0, column 0: 2 is not a probability; for logits leave out --from probabilities\n',
  },
  {
    what: 'a mask of another shape',
    files: { 'x.npy': good, 'm.npy': bool([3, 2], [1, 1, 1, 1, 1, 1]) },
    argv: softmax('--mask', 'm.npy'),
    stderr:
      "onesum softmax: m.npy: the mask's shape is 3 × 2, and the logits' 2 × 3; give a mask of the same shape, or one row of 3\n",
  },
  {
    what: 'a mask with too few rows',
    files: { 'x.npy': f8([3, 2], [1, 2, 3, 4, 5, 6]), 'm.csv': '1,1\n1,0\n' },
    argv: softmax('--mask', 'm.csv'),
    stderr: /the mask's shape is 2 × 2, and the logits' 3 × 2/,
  },
  {
    what: 'a mask with too many rows',
    files: { 'x.csv': '1,2\n3,4\n', 'm.csv': '1,1\n1,0\n1,1\n' },
    argv: ['softmax', 'x.csv', '-o', 'y.csv', '--mask', 'm.csv'],
    stderr: /the mask's shape is 3 × 2, and the logits' 2 × 2/,
  },
  {
    what: 'an additive mask',
    files: { 'x.npy': good, 'm.npy': f4([3], [0, 0, -Infinity]) },
    argv: softmax('--mask', 'm.npy'),
    stderr: /m\.npy: dtype float32 cannot be a mask; .* an additive mask/,
  },
  {
    what: 'a mask of other numbers',
    files: { 'x.npy': good, 'm.npy': i4([3], [1, 0, 256]) },
    argv: softmax('--mask', 'm.npy'),
    stderr: /m\.npy: row 0, column 2: expected 0 \(leave out\) or 1 \(keep\), got 256/,
  },
  {
    what: 'a mask of other numbers in text',
    files: { 'x.npy': good, 'm.csv': '1,0,-1\n' },
    argv: softmax('--mask', 'm.csv'),
    stderr: /m\.csv: line 1, column 2: expected 0 \(leave out\) or 1 \(keep\), got "-1"/,
  },
  {
    what: 'a mask that is cut off',
    files: { 'x.npy': good, 'm.npy': bool([2, 3], [1, 0, 1, 1]) },
    argv: softmax('--mask', 'm.npy'),
    stderr: /m\.npy: the header promises bool \(2, 3\), .* it is truncated/,
  },
  {
    what: 'a mask that is no NPY',
    files: { 'x.npy': good, 'm.npy': 'no' },
    argv: softmax('--mask', 'm.npy'),
    stderr: /m\.npy: not an NPY file/,
  },
  {
    what: 'a label column that is not there',
    files: { 'x.csv': 'a,b\n1,2\n' },
    argv: ['softmax', 'x.csv', '-o', 'y.csv', '--label-column', 'c'],
    stderr: /no column is named "c"/,
  },
  {
    what: 'a topk file in NPY',
    files: { 'x.npy': good },
    argv: ['topk', 'x.npy', '-k', '2', '-o', 'y.npy'],
    stderr: 'onesum topk: y.npy: topk writes .csv, .tsv, .json and .jsonl files\n',
  },
  {
    what: 'rows without columns',
    files: { 'x.npy': f8([2, 0], []) },
    argv: ['topk', 'x.npy', '-k', '1'],
    stderr: /x\.npy: its rows have no columns/,
  },
]

/** The call is wrong: exit code 2, with a pointer to the help. */
const wrongCall: Refusal[] = [
  {
    what: 'an unknown command',
    files: {},
    argv: ['sofmax'],
    stderr: /^onesum: unknown command 'sofmax'.*\n.*See "onesum --help"\.\n$/s,
  },
  {
    what: 'an unknown option',
    files: {},
    argv: ['softmax', 'x.npy', '--tempreature', '2'],
    stderr:
      /^onesum softmax: unknown option '--tempreature'\n\(Did you mean --temperature\?\)\nSee "onesum softmax --help"/,
  },
  {
    what: 'a missing argument',
    files: {},
    argv: ['softmax'],
    stderr: /^onesum softmax: missing required argument 'logits'\nSee "onesum softmax --help"/,
  },
  {
    what: 'one argument too many',
    files: {},
    argv: ['softmax', 'x.npy', 'y.npy'],
    stderr: /too many arguments.*See "onesum softmax --help"/s,
  },
  {
    what: 'a negative temperature',
    files: {},
    argv: softmax('--temperature', '-1'),
    stderr: /^onesum softmax: option '--temperature <t>' argument '-1' is invalid: expected a number >= 0\nSee/,
  },
  {
    what: 'a temperature that is no number',
    files: {},
    argv: softmax('--temperature', 'nan'),
    stderr: /expected a number >= 0/,
  },
  {
    what: 'a format that there is not',
    files: {},
    argv: softmax('--format', 'xml'),
    stderr:
      /^onesum softmax: option '--format <format>' argument 'xml' is invalid: choose from npy, csv, tsv, json, jsonl\nSee/,
  },
  {
    what: 'an axis that is no whole number',
    files: {},
    argv: softmax('--axis', '1.5'),
    stderr: /expected a whole number/,
  },
  {
    what: 'an axis that is not there',
    files: { 'x.npy': good },
    argv: softmax('--axis', '2'),
    stderr: 'onesum softmax: --axis 2 is not an axis of 2 dimensions: give -2 to 1\nSee "onesum softmax --help".\n',
  },
  {
    what: 'an unknown type',
    files: {},
    argv: softmax('--dtype', 'bfloat16'),
    stderr: /choose from float16, float32, float64/,
  },
  {
    what: 'stdin without a format',
    files: {},
    argv: ['softmax', '-'],
    stderr: /stdin has no extension: say what it holds with --format/,
  },
  {
    what: 'more classes than there are',
    files: { 'x.npy': good },
    argv: ['topk', 'x.npy', '-k', '4'],
    stderr: /-k 4 is more than the 3 classes of a row/,
  },
  {
    what: 'no bins',
    files: {},
    argv: ['evaluate', 'x.npy', '--labels', 'l.npy', '--bins', '0'],
    stderr: /expected a whole number from 1 to 10000/,
  },
  {
    what: 'no labels',
    files: { 'x.npy': good },
    argv: ['evaluate', 'x.npy'],
    stderr: /the labels are missing: give their file with --labels/,
  },
  {
    what: 'labels from stdin',
    files: { 'x.npy': good },
    argv: ['evaluate', 'x.npy', '--labels', '-'],
    stderr: /--labels needs a file: only the first file can come from stdin/,
  },
  {
    what: 'a mask from stdin',
    files: { 'x.npy': good },
    argv: softmax('--mask', '-'),
    stderr: /--mask needs a file: only the first file can come from stdin/,
  },
  {
    what: 'a wrong number of class names',
    files: { 'x.npy': good, 'l.csv': 'a\nb\n' },
    argv: ['evaluate', 'x.npy', '--labels', 'l.csv', '--classes', 'a,b'],
    stderr: /--classes has 2 names, and a row has 3 classes/,
  },
  {
    what: 'the same class name twice',
    files: {},
    argv: ['evaluate', 'x.npy', '--labels', 'l.csv', '--classes', 'a,b,a'],
    stderr: /a name stands there twice/,
  },
  {
    what: 'a top-k beyond the classes',
    files: { 'x.npy': good, 'l.npy': i4([2], [0, 1]) },
    argv: ['evaluate', 'x.npy', '--labels', 'l.npy', '--top-k', '1,9'],
    stderr: /--top-k 9 is more than the 3 classes/,
  },
]

describeRefusals(wrongInput, wrongCall)

test('an input behind a symbolic link is still the input', async () => {
  const shell = new Shell()
  shell.write('x.npy', good)
  symlinkSync(shell.path('x.npy'), shell.path('link.npy'))
  const { code, stderr } = await shell.onesum('softmax', 'x.npy', '-o', 'link.npy', '--force')
  expect([code, stderr]).toEqual([
    1,
    'onesum softmax: link.npy: the output is the input x.npy; write to another file\n',
  ])
})

test('a folder is neither an input nor an output', async () => {
  const shell = new Shell()
  shell.write('x.npy', good)
  mkdirSync(shell.path('d.npy'))
  expect((await shell.onesum('softmax', 'd.npy')).stderr).toMatch(/d\.npy: cannot be read: it is a folder/)
  const { code, stderr } = await shell.onesum('softmax', 'x.npy', '-o', 'd.npy', '--force')
  expect([code, shell.names()]).toEqual([1, ['d.npy', 'x.npy']])
  expect(stderr).toMatch(/d\.npy: cannot be written: it is a folder/)
})

test('a folder without an extension is called a folder, wherever a file belongs, before any work', async () => {
  const shell = new Shell()
  shell.write('x.npy', good)
  shell.write('l.npy', i4([2], [0, 1]))
  mkdirSync(shell.path('d'))
  const rows = ['x.npy', '--labels', 'l.npy']
  for (const argv of [
    ['softmax', 'd'],
    ['evaluate', 'x.npy', '--labels', 'd'],
    ['softmax', 'x.npy', '--mask', 'd'],
  ]) {
    const { code, stderr } = await shell.onesum(...argv)
    expect([code, stderr]).toEqual([1, `onesum ${argv[0]}: d: cannot be read: it is a folder\n`])
  }
  for (const argv of [
    ['report', ...rows],
    ['train', ...rows],
    ['calibrate', ...rows],
  ]) {
    const { code, stderr } = await shell.onesum(...argv, '-o', 'd')
    expect([code, stderr]).toMatchObject([
      1,
      expect.stringMatching(/: d: (cannot be written: it is a folder|a model is)/),
    ])
  }
})

test('an input found wrong half-way leaves no file', async () => {
  const shell = new Shell()
  shell.write('x.csv', `${'1,2\n'.repeat(600_000)}3,four\n`)
  const { code, stderr } = await shell.onesum('softmax', 'x.csv', '-o', 'y.npy')
  expect([code, shell.names()]).toEqual([1, ['x.csv']])
  expect(stderr).toMatch(/x\.csv: line 600001, column 1/)
})

import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, openSync, symlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { build, command, ended, node, root } from './support/built.ts'
import { generator } from './support/logits.ts'
import { f4, f8, i4 } from './support/npy.ts'
import { Shell } from './support/shell.ts'

// other tests share the processor
const patience = 60_000

beforeAll(build, patience)

// more than the reader's first piece of 2^19 numbers
const rows = 300_000
const manyRows = f8([rows, 2], new Array(2 * rows).fill(1))

test('stdin to stdout through a shell', { timeout: patience }, async () => {
  const shell = new Shell()
  shell.write('in.csv', 'cat,dog\n1,1\n')
  const line = `"${process.execPath}" "${command}" softmax - --format csv < in.csv > out.csv`
  const { code, stderr } = await ended(spawn('sh', ['-c', line], { cwd: shell.folder }))
  expect([code, stderr, shell.text('out.csv')]).toEqual([0, '', 'cat,dog\n0.5,0.5\n'])
})

test('stdout appended to the input is refused', { timeout: patience }, async () => {
  const shell = new Shell()
  shell.write('x.csv', '1,2\n')
  const line = `"${process.execPath}" "${command}" softmax x.csv >> x.csv`
  const { code, stderr } = await ended(spawn('sh', ['-c', line], { cwd: shell.folder }))
  expect([code, shell.text('x.csv')]).toEqual([1, '1,2\n'])
  expect(stderr).toBe('onesum softmax: -: the output is the input x.csv; write to another file\n')
})

test.each([
  ['softmax', '--output-format', 'csv'],
  ['topk', '-k', '2'],
])('a pipe that closes early ends %s quietly with 0', { timeout: patience }, async (...argv) => {
  const shell = new Shell()
  shell.write('x.npy', manyRows)
  const child = node(shell.folder, command, ...argv, 'x.npy')
  child.stdout?.once('data', () => child.stdout?.destroy())
  const { code, stderr } = await ended(child)
  expect([code, stderr]).toEqual([0, ''])
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s leaves no half file and exit code %i', { timeout: patience }, async (signal, wanted) => {
  const shell = new Shell()
  const child = node(shell.folder, command, 'softmax', '-', '--format', 'npy', '-o', 'y.npy')
  const end = ended(child)
  // what comes is not all that the header promises, so it waits for more
  child.stdin?.on('error', () => {})
  child.stdin?.write(manyRows.subarray(0, -8))
  while (!shell.names().some((name) => name.endsWith('.tmp'))) await sleep(20)
  child.kill(signal)
  const { code } = await end
  expect([code, shell.names()]).toEqual([wanted, []])
})

test('SIGINT in a training leaves no model', { timeout: patience }, async () => {
  const shell = new Shell()
  // so little is gained by each iteration that it goes on for long
  const [rows, columns] = [20_000, 60]
  const random = generator(1)
  shell.write('x.npy', f4([rows, columns], Array.from({ length: rows * columns }, random)))
  shell.write(
    'l.npy',
    i4(
      [rows],
      Array.from({ length: rows }, () => Math.floor(random() * 50)),
    ),
  )
  const argv = [
    'train',
    'x.npy',
    '--labels',
    'l.npy',
    '--l2',
    'auto',
    '--tolerance',
    '0',
    '-o',
    'm.json',
    '-o',
    'm.onnx',
  ]
  const child = node(shell.folder, command, ...argv)
  const end = ended(child)
  await sleep(1500)
  child.kill('SIGINT')
  const { code, stdout } = await end
  expect([code, stdout, shell.names()]).toEqual([130, '', ['l.npy', 'x.npy']])
})

test('SIGINT ends a fit that leaves no time for handlers', { timeout: patience }, async () => {
  const shell = new Shell()
  // minutes of work in one piece
  const [rows, columns] = [20_000, 200]
  const random = generator(2)
  shell.write('x.npy', f4([rows, columns], Array.from({ length: rows * columns }, random)))
  shell.write(
    'l.npy',
    i4(
      [rows],
      Array.from({ length: rows }, (_, row) => row % columns),
    ),
  )
  const argv = ['calibrate', 'x.npy', '--labels', 'l.npy', '--method', 'dirichlet', '-o', 'c.json']
  const child = node(shell.folder, command, ...argv)
  const end = ended(child)
  await sleep(2500)
  child.kill('SIGINT')
  const ending = performance.now()
  const { code, stdout } = await end
  expect([code, stdout, shell.names()]).toEqual([130, '', ['l.npy', 'x.npy']])
  // at once, but other tests share the processor
  expect(performance.now() - ending).toBeLessThan(5000)
})

test.runIf(existsSync('/dev/full'))('a full disk behind stdout is an error', { timeout: patience }, async () => {
  const shell = new Shell()
  shell.write('x.csv', '1,2\n')
  const stdio: ['ignore', number, 'pipe'] = ['ignore', openSync('/dev/full', 'w'), 'pipe']
  const child = spawn(process.execPath, [command, 'softmax', 'x.csv'], { cwd: shell.folder, stdio })
  const { code, stderr } = await ended(child)
  expect([code, stderr]).toEqual([1, 'onesum softmax: stdout: cannot be written: no space left on the disk\n'])
})

test.runIf(existsSync('/dev/full'))(
  'a full disk behind an output file is an error',
  { timeout: patience },
  async () => {
    const shell = new Shell()
    shell.write('x.csv', '1,2\n')
    const argv = ['softmax', 'x.csv', '-o', '/dev/full', '--output-format', 'csv']
    const { code, stderr } = await ended(node(shell.folder, command, ...argv))
    expect([code, stderr]).toEqual([1, 'onesum softmax: /dev/full: cannot be written: no space left on the disk\n'])
  },
)

describe('help', () => {
  test.each(['softmax', 'evaluate', 'topk', 'train', 'predict'])(
    'every example of %s --help runs',
    { timeout: patience },
    async (name) => {
      const shell = new Shell()
      mkdirSync(shell.path('bin'))
      symlinkSync(command, shell.path('bin/onesum'))
      cpSync(`${root}examples/data`, shell.path('examples/data'), { recursive: true })
      const help = await shell.onesum(name, '--help')
      expect(help.code).toBe(0)
      const examples = help.stdout.split('Examples:\n')[1].trim().split('\n')
      expect(examples.length).toBeGreaterThanOrEqual(1)
      const env = { ...process.env, PATH: `${shell.path('bin')}:${process.env.PATH}` }
      for (const line of examples) {
        const { code, stdout, stderr } = await ended(spawn('sh', ['-c', line], { cwd: shell.folder, env }))
        expect([line, code, stderr]).toEqual([line, 0, ''])
        expect(stdout).not.toBe('')
      }
    },
  )

  test('--help lists the commands, and none is exit code 2', async () => {
    const shell = new Shell()
    const help = await shell.onesum('--help')
    expect(help.code).toBe(0)
    for (const name of ['softmax', 'evaluate', 'topk', 'train', 'predict'])
      expect(help.stdout).toContain(`\n  ${name} `)
    const none = await shell.onesum()
    expect([none.code, none.stdout]).toEqual([2, ''])
    expect(none.stderr).toContain('Usage: onesum')
  })

  test.each(['--version', '-v'])('%s is the version of the package', async (option) => {
    const { code, stdout } = await new Shell().onesum(option)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test('help is another way to ask for it', async () => {
    const shell = new Shell()
    expect(await shell.onesum('help')).toEqual(await shell.onesum('--help'))
    expect(await shell.onesum('help', 'topk')).toEqual(await shell.onesum('topk', '--help'))
  })
})

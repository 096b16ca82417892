import { spawn } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { start } from '../src/start/start.ts'
import { build, ended, node, root, startProgram } from './support/built.ts'
import { textbookSoftmax } from './support/logits.ts'
import { f8, i4, readNpy } from './support/npy.ts'
import { type Result, Shell } from './support/shell.ts'

const patience = 60_000

beforeAll(build, patience)

const begin = (shell: Shell, ...argv: string[]): Promise<Result> => shell.execute((terminal) => start(argv, terminal))

const logits = [2, 1, 0, 3, 3, -1, 0.5, 1]

function userFiles(): Shell {
  const shell = new Shell()
  shell.write('my logits.npy', f8([4, 2], logits))
  shell.write('my-labels.npy', i4([4], [0, 1, 1, 1]))
  return shell
}

/** The commands below "Try next". */
function suggestions(stdout: string): string[] {
  const after = stdout.split('Try next\n')[1].split('\n')
  return after.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
}

async function expectAllRun(shell: Shell, stdout: string): Promise<void> {
  const commands = suggestions(stdout)
  expect(commands).toHaveLength(3)
  for (const line of commands) {
    const { code, stderr } = await ended(spawn('sh', ['-c', line], { cwd: shell.folder }))
    expect([line, code, stderr]).toEqual([line, 0, ''])
  }
}

describe('npm start without arguments', () => {
  test('tells the story of the digits, and what it suggests works', { timeout: patience }, async () => {
    const shell = new Shell()
    const { code, stdout, stderr } = await begin(shell, '-o', 'out')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('digits.logits.npy (897 × 10)')
    expect(stdout).toContain('It is overconfident by 13.0 points')
    expect(stdout).toMatch(/out\/probabilities\.npy +36\.0 kB/)
    expect(readNpy(shell.read('out/probabilities.npy')).shape).toEqual([897, 10])
    expect(stdout).toContain('out/report.html shows it all: open it in a browser.')
    expect(shell.text('out/report.html')).toContain(
      '<title>99.6\u00a0% here means 89\u00a0%; temperature 3.66 mends it.',
    )
    // scikit-learn's log_loss on the same logits
    expect(JSON.parse(shell.text('out/metrics.json')).nll).toBeCloseTo(1.4599126923667918, 9)
    await expectAllRun(shell, stdout)
  })

  test('as a process, in the folder that npm names', { timeout: patience }, async () => {
    const shell = new Shell()
    const env = { ...process.env, INIT_CWD: shell.folder }
    const { code, stderr } = await ended(spawn(process.execPath, [startProgram, '-o', 'out'], { cwd: root, env }))
    expect([code, stderr, shell.names()]).toEqual([0, '', ['out']])
  })
})

describe('npm start with files of the user', () => {
  test('writes probabilities and metrics, and again over its own', { timeout: patience }, async () => {
    const shell = userFiles()
    const argv = ['my logits.npy', '--labels', 'my-labels.npy']
    const first = await begin(shell, ...argv)
    const second = await begin(shell, ...argv)
    expect([first.code, second.code, second.stderr]).toEqual([0, 0, ''])
    expect(second.stdout).toBe(first.stdout)
    const { values } = readNpy(shell.read('onesum-results/probabilities.npy'))
    const wanted = textbookSoftmax(logits.slice(0, 2))
    // the textbook's rounding
    expect(values[0]).toBeCloseTo(wanted[0], 12)
    expect(JSON.parse(shell.text('onesum-results/metrics.json'))).toMatchObject({
      logits: 'my logits.npy',
      labels: 'my-labels.npy',
      rows: 4,
      accuracy: 0.75,
    })
    await expectAllRun(shell, second.stdout)
  })

  test('without labels writes probabilities and says what labels would add', { timeout: patience }, async () => {
    const shell = userFiles()
    await begin(shell, 'my logits.npy', '--labels', 'my-labels.npy')
    const { code, stdout } = await begin(shell, 'my logits.npy')
    expect(code).toBe(0)
    expect(stdout).toContain('only labels can tell: with --labels FILE')
    expect(stdout).toMatch(/^mean confidence +\d/m)
    expect(stdout).toMatch(/^mean entropy +\d/m)
    // metrics of the earlier run do not stay beside probabilities they do not belong to
    expect(shell.names()).toEqual(['my logits.npy', 'my-labels.npy', 'onesum-results'])
    expect(stdout).not.toContain('report')
    expect(() => shell.read('onesum-results/metrics.json')).toThrow('ENOENT')
    await expectAllRun(shell, stdout)
  })

  test('rows too few for a report leave the rest, and none of an earlier run', { timeout: patience }, async () => {
    const shell = userFiles()
    mkdirSync(shell.path('onesum-results'))
    shell.write('onesum-results/report.html', 'of other rows')
    const { code, stdout } = await begin(shell, 'my logits.npy', '--labels', 'my-labels.npy')
    expect(code).toBe(0)
    expect(stdout).toContain('There is no report: ')
    expect(() => shell.read('onesum-results/report.html')).toThrow('ENOENT')
  })

  test('a label column of a CSV does for labels', { timeout: patience }, async () => {
    const shell = new Shell()
    shell.write('x.csv', 'cat,dog,label\n1,2,dog\n3,1,cat\n')
    const { code, stdout } = await begin(shell, 'x.csv', '--label-column', 'label')
    expect(code).toBe(0)
    expect(shell.text('onesum-results/probabilities.csv').split('\n')[0]).toBe('cat,dog')
    await expectAllRun(shell, stdout)
  })

  test('what is wrong with the input leaves nothing', async () => {
    const shell = userFiles()
    shell.write('few.npy', i4([2], [0, 1]))
    const { code, stdout, stderr } = await begin(shell, 'my logits.npy', '--labels', 'few.npy')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toBe('npm start: few.npy: fewer labels than rows: 2 labels for 4 rows of my logits.npy\n')
    expect(shell.names()).not.toContain('onesum-results')
  })

  test('probabilities are refused, and taken when told', async () => {
    const shell = new Shell()
    shell.write('p.csv', '0.25,0.75\n')
    expect((await begin(shell, 'p.csv')).stderr).toContain('pass --from probabilities')
    expect((await begin(shell, 'p.csv', '--from', 'probabilities')).code).toBe(0)
  })

  test('an unknown option is exit code 2', async () => {
    const { code, stderr } = await begin(new Shell(), '--lables', 'x')
    expect(code).toBe(2)
    expect(stderr).toContain('See "npm start -- --help".')
  })

  test('its results cannot be its input', async () => {
    const shell = new Shell()
    mkdirSync(shell.path('onesum-results'))
    shell.write('onesum-results/probabilities.npy', f8([1, 2], [1, 2]))
    const { code, stderr } = await begin(shell, 'onesum-results/probabilities.npy')
    expect(code).toBe(1)
    expect(stderr).toContain('the output is the input')
  })
})

test('from the root itself the command is npx onesum where npm has linked it', { timeout: patience }, async () => {
  const { stdout } = await ended(node(root, startProgram, '-o', new Shell().path('out')))
  const linked = existsSync(`${root}node_modules/.bin/onesum`)
  const command = linked ? 'npx onesum' : 'node packages/cli/bin/onesum.js'
  expect(suggestions(stdout)[0]).toContain(`${command} calibrate examples/data`)
})

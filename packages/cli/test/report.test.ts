import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseHTML } from 'linkedom'
import { describe, expect, test } from 'vitest'
import { f4, f8, i4 } from './support/npy.ts'
import { overconfidentRows } from './support/rows.ts'
import { Shell } from './support/shell.ts'

const data = (name: string): Buffer =>
  readFileSync(fileURLToPath(new URL(`../../../examples/data/${name}`, import.meta.url)))

const report = (shell: Shell, ...more: string[]) =>
  shell.onesum('report', 'x.npy', '--labels', 'l.npy', '-o', 'r.html', ...more)

function files(rows = 300, classes = 3): Shell {
  const shell = new Shell()
  const { logits, labels, shape } = overconfidentRows(rows, classes)
  shell.write('x.npy', f8(shape, logits))
  shell.write('l.npy', i4([rows], labels))
  return shell
}

describe('report', () => {
  test('of the digits ends with the verdict and the file', async () => {
    const shell = new Shell()
    shell.write('x.npy', data('digits.logits.npy'))
    shell.write('l.npy', data('digits.labels.npy'))
    const { code, stdout, stderr } = await report(shell)
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toBe('99.6\u00a0% here means 89\u00a0%; temperature 3.66 mends it.')
    expect(lines.at(-1)).toMatch(/^r\.html: report, \d+ kB$/)
    const { document } = parseHTML(shell.text('r.html'))
    expect(document.querySelector('h1')?.textContent).toBe(lines[0])
    expect(document.querySelectorAll('svg[role=img]').length).toBeGreaterThan(10)
    expect(document.querySelectorAll('script, link[href^=http], img')).toHaveLength(0)
    expect(shell.text('r.html')).toContain('onesum calibrate x.npy --labels l.npy -o calibrator.json')
  })

  test('advises commands that run, with labels in a column of probabilities', async () => {
    const shell = new Shell()
    const { logits, labels, shape } = overconfidentRows(300, 3)
    const lines = labels.map((label, row) => {
      const exps = logits.slice(row * shape[1], (row + 1) * shape[1]).map(Math.exp)
      const sum = exps.reduce((a, b) => a + b)
      return [...exps.map((exp) => exp / sum), 'abc'[label]].join()
    })
    shell.write('p.csv', ['a,b,c,true kind', ...lines].join('\n'))
    const given = ['--label-column', 'true kind', '--from', 'probabilities']
    expect((await shell.onesum('report', 'p.csv', ...given, '-o', 'r.html')).code).toBe(0)
    const { document } = parseHTML(shell.text('r.html'))
    const [, ...commands] = document.querySelector('pre')?.textContent?.trim().split('\n') ?? []
    expect(commands).toHaveLength(2)
    for (const command of commands) {
      const words = command.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", '')) ?? []
      const { code, stderr } = await shell.onesum(...words.slice(1))
      expect([command, code, stderr]).toEqual([command, 0, ''])
    }
  })

  test('shows names from a file as text, whatever they hold', async () => {
    const shell = files()
    shell.write('names.txt', '<script>alert(1)</script>\n"quotes" & \'more\'\n\u202eright to left 👩‍👩‍👧‍👦\n')
    const { code } = await report(shell, '--classes', 'names.txt', '--title', '<img src=x onerror=alert(1)>')
    expect(code).toBe(0)
    const { document } = parseHTML(shell.text('r.html'))
    expect(document.querySelectorAll('script, img')).toHaveLength(0)
    const text = document.body.textContent ?? ''
    expect(text).toContain('<script>alert(1)</script>')
    expect(text).toContain('"quotes" & \'more\'')
    expect(text).toContain('<img src=x onerror=alert(1)>')
  })

  test('is the same again, and replaces only with --force', async () => {
    const shell = files()
    await report(shell)
    const first = shell.text('r.html')
    const again = await report(shell)
    expect([again.code, again.stdout]).toEqual([1, ''])
    expect(again.stderr).toContain('r.html: already exists')
    await report(shell, '--force')
    expect(shell.text('r.html')).toBe(first)
  })

  test('of a thousand classes stays below two megabytes', { timeout: 60_000 }, async () => {
    const shell = new Shell()
    const { logits, labels, shape } = overconfidentRows(1200, 1000)
    shell.write('x.npy', f4(shape, logits))
    shell.write('l.npy', i4([1200], labels))
    expect((await report(shell)).code).toBe(0)
    expect(shell.read('r.html').length).toBeLessThan(2e6)
  })

  const cases: { what: string; write: Record<string, string>; code?: number; more?: string[]; stderr: RegExp }[] = [
    {
      what: 'labels of another length',
      write: { 'x.csv': '1,2\n2,1\n', 'l.csv': '0\n1\n1\n' },
      stderr: /l\.csv: more labels than rows: 3 labels for 2 rows/,
    },
    {
      what: 'one class only',
      write: { 'x.csv': 'cat,dog\n1,2\n2,1\n', 'l.csv': 'dog\ndog\n' },
      stderr:
        /l\.csv: all 2 rows are of class 1 \(dog\): whether probabilities are right cannot be told from one class/,
    },
    { what: 'rows too few for folds', write: { 'x.csv': '1,2\n2,1\n', 'l.csv': '0\n1\n' }, stderr: /too few/ },
    { what: 'NaN', write: { 'x.csv': '1,NaN\n2,1\n', 'l.csv': '0\n1\n' }, stderr: /1 NaN.*row 0.*--allow-nonfinite/ },
    { what: 'an empty file', write: { 'x.csv': '', 'l.csv': '0\n' }, stderr: /x\.csv/ },
    {
      what: 'a label out of range',
      write: { 'x.csv': '1,2\n2,1\n', 'l.csv': '0\n2\n' },
      stderr: /row 1: the label 2 is out/,
    },
    {
      what: 'names that are no JSON',
      write: { 'x.csv': '1,2\n2,1\n', 'l.csv': '0\n1\n', 'names.json': '["a",' },
      more: ['--classes', 'names.json'],
      stderr: /names\.json: it is not valid JSON/,
    },
    {
      what: 'a file of names that is missing',
      write: { 'x.csv': '1,2\n2,1\n', 'l.csv': '0\n1\n' },
      more: ['--classes', 'nowhere.txt'],
      stderr: /nowhere\.txt/,
    },
  ]

  test.each(cases)('$what is refused, and nothing written', async ({ write, code = 1, more = [], stderr }) => {
    const shell = new Shell()
    for (const [name, content] of Object.entries(write)) shell.write(name, content)
    const result = await shell.onesum('report', 'x.csv', '--labels', 'l.csv', '-o', 'r.html', ...more)
    expect([result.code, result.stdout]).toEqual([code, ''])
    expect(result.stderr).toMatch(stderr)
    expect(shell.names()).toEqual(Object.keys(write).sort())
  })

  test('without labels the call is wrong', async () => {
    const { code, stderr } = await files().onesum('report', 'x.npy', '-o', 'r.html')
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      'onesum report: the labels are missing: give their file with --labels, or their column with --label-column',
    ])
  })
})

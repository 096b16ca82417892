import { describe, expect, test } from 'vitest'
import { rows, textbookSoftmax } from './support/logits.ts'
import { f8 } from './support/npy.ts'
import { Shell } from './support/shell.ts'

const csv = 'cat,dog,"big, cow"\n2,1,0\n-1,0.5,3\n'

function shellWith(): Shell {
  const shell = new Shell()
  shell.write('x.csv', csv)
  return shell
}

test('the table names the classes, most probable first', async () => {
  const { code, stdout } = await shellWith().onesum('topk', 'x.csv', '-k', '2')
  expect(code).toBe(0)
  expect(stdout.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['row', 'class', 'p', 'class', 'p'],
    ['0', 'cat', '66.5%', 'dog', '24.5%'],
    ['1', 'big, cow', '90.9%', 'dog', '7.5%'],
    [''],
  ])
})

test('its columns stay aligned', async () => {
  const { stdout } = await shellWith().onesum('topk', 'x.csv', '-k', '2')
  const ends = stdout
    .trim()
    .split('\n')
    .map((line) => line.indexOf('%'))
  expect(ends[1]).toBe(ends[2])
})

test('ties go to the lowest class, and k may be all of them', async () => {
  const shell = new Shell()
  shell.write('x.npy', f8([1, 3], [1, 5, 5]))
  const { stdout } = await shell.onesum('topk', 'x.npy', '-k', '3', '--json')
  expect(JSON.parse(stdout)[0].classes).toEqual([1, 2, 0])
})

describe('files for machines', () => {
  const wanted = rows.map((row) => textbookSoftmax(row))

  test('--json is an array with an object per row', async () => {
    const { stdout } = await shellWith().onesum('topk', 'x.csv', '-k', '2', '--json')
    const [first, second] = JSON.parse(stdout)
    expect([first.row, first.classes]).toEqual([0, ['cat', 'dog']])
    expect([second.row, second.classes]).toEqual([1, ['big, cow', 'dog']])
    // the textbook's rounding
    expect(Math.abs(first.probabilities[0] - wanted[0][0])).toBeLessThanOrEqual(1e-12)
  })

  test('CSV has a line per row and rank, with quoted names', async () => {
    const shell = shellWith()
    await shell.onesum('topk', 'x.csv', '-k', '1', '-o', 'y.csv')
    const lines = shell.text('y.csv').split('\n')
    expect(lines[0]).toBe('row,rank,class,probability')
    expect(lines[2]).toMatch(/^1,1,"big, cow",0\.9087/)
    expect(lines).toHaveLength(4)
  })

  test('TSV, JSON and JSON Lines say the same', async () => {
    const shell = shellWith()
    for (const name of ['y.tsv', 'y.json', 'y.jsonl']) await shell.onesum('topk', 'x.csv', '-k', '1', '-o', name)
    const objects = JSON.parse(shell.text('y.json'))
    expect(
      shell
        .text('y.jsonl')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(objects)
    expect(shell.text('y.tsv').split('\n')[1].split('\t').slice(0, 3)).toEqual(['0', '1', 'cat'])
  })

  test('no rows are an empty array', async () => {
    const shell = new Shell()
    shell.write('x.npy', f8([0, 3], []))
    expect((await shell.onesum('topk', 'x.npy', '-k', '1', '--json')).stdout).toBe('[]\n')
  })
})

test('a row without a distribution shows NaN and is reported', async () => {
  const shell = new Shell()
  shell.write('x.csv', '1,nan\n2,1\n')
  const { code, stdout, stderr } = await shell.onesum('topk', 'x.csv', '-k', '1', '--no-header')
  expect(code).toBe(0)
  expect(stdout).toMatch(/^ *0 +1 +NaN$/m)
  expect(stderr).toMatch(/1 value is not finite \(1 NaN\) in 1 row, first in row 0/)
})

test('probabilities keep their values with --from probabilities', async () => {
  const shell = new Shell()
  shell.write('p.csv', '0.25,0.75\n')
  expect((await shell.onesum('topk', 'p.csv', '-k', '1')).code).toBe(1)
  expect((await shell.onesum('topk', 'p.csv', '-k', '1', '--from', 'probabilities')).stdout).toMatch(/75\.0%/)
})

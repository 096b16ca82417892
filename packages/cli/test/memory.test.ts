import { spawn } from 'node:child_process'
import { appendFileSync, statSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { build, command, ended, root } from './support/built.ts'
import { generator } from './support/logits.ts'
import { npy } from './support/npy.ts'
import { Shell } from './support/shell.ts'

const long = 30 * 60_000
const most = 300 * 2 ** 20

beforeAll(build, 60_000)

/** Writes a float32 array of `shape` by repeating one seeded megabyte. */
function writeLarge(shell: Shell, name: string, shape: readonly [number, number]): void {
  const random = generator(1)
  const part = Float32Array.from({ length: 2 ** 18 }, () => random() * 20 - 10)
  shell.write(name, npy('<f4', shape, new Uint8Array(0)))
  const parts = (shape[0] * shape[1]) / part.length
  for (let i = 0; i < parts; i++) appendFileSync(shell.path(name), Buffer.from(part.buffer))
}

/** The most memory, in bytes, that the command had at any time. */
async function residentAtMost(shell: Shell, ...argv: string[]): Promise<number> {
  const report = `process.on('exit', () => console.error(process.resourceUsage().maxRSS))`
  const flags = ['--import', `data:text/javascript,${encodeURIComponent(report)}`]
  const child = spawn(process.execPath, [...flags, command, ...argv], { cwd: shell.folder })
  const { code, stderr } = await ended(child)
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^\d+\n$/)])
  return Number(stderr) * 1024
}

// a gigabyte takes minutes: only where everything is asked for
if (process.env.ONESUM_TEST_ALL === '1')
  describe('files of any size in less than 300 MB of memory', () => {
    test.each([
      [2 ** 18, 1024],
      [2 ** 24, 16],
      [4, 2 ** 26],
    ] as const)('softmax of 1 GiB, %i × %i', { timeout: long }, async (...shape) => {
      const shell = new Shell()
      writeLarge(shell, 'x.npy', shape)
      expect(statSync(shell.path('x.npy')).size).toBeGreaterThan(2 ** 30)
      expect(await residentAtMost(shell, 'softmax', 'x.npy', '-o', 'y.npy')).toBeLessThan(most)
      expect(statSync(shell.path('y.npy')).size).toBe(statSync(shell.path('x.npy')).size)
    })

    test('softmax along axis 0 of 200 MB, in two passes', { timeout: long }, async () => {
      const shell = new Shell()
      writeLarge(shell, 'x.npy', [2 ** 16, 768])
      expect(await residentAtMost(shell, 'softmax', 'x.npy', '--axis', '0', '-o', 'y.npy')).toBeLessThan(most)
    })

    test('evaluate and topk of 1 GiB', { timeout: long }, async () => {
      const shell = new Shell()
      const rows = 2 ** 20
      writeLarge(shell, 'x.npy', [rows, 256])
      shell.write('l.npy', npy('|u1', [rows], new Uint8Array(rows)))
      expect(await residentAtMost(shell, 'evaluate', 'x.npy', '--labels', 'l.npy')).toBeLessThan(most)
      expect(await residentAtMost(shell, 'topk', 'x.npy', '-k', '2', '-o', 'y.csv')).toBeLessThan(most)
    })

    test('predict of 1 GiB', { timeout: long }, async () => {
      const shell = new Shell()
      writeLarge(shell, 'x.npy', [2 ** 20, 256])
      const weights = new Array(3 * 256).fill(0.01)
      const fit = {
        objective: 0,
        gradientNorm: 0,
        iterations: 0,
        evaluations: 0,
        converged: true,
        reason: 'tolerance',
        l2: 1,
      }
      const model = { version: 1, kind: 'softmax classifier', classes: 3, features: 256, weights, bias: [0, 1, 2], fit }
      shell.write('m.json', JSON.stringify(model))
      expect(await residentAtMost(shell, 'predict', 'm.json', 'x.npy', '-o', 'y.npy')).toBeLessThan(most)
      expect(await residentAtMost(shell, 'predict', 'm.json', 'x.npy', '--best', '-o', 'y.csv')).toBeLessThan(most)
    })

    test('softmax from CSV to CSV', { timeout: long }, async () => {
      const shell = new Shell()
      writeLarge(shell, 'x.npy', [2 ** 18, 64])
      await residentAtMost(shell, 'softmax', 'x.npy', '-o', 'x.csv')
      const argv = ['softmax', 'x.csv', '--from', 'probabilities', '-o', 'y.csv']
      expect(await residentAtMost(shell, ...argv)).toBeLessThan(most)
    })
  })

test('a file of 100 MB takes not half its size more than one of 36 kB', { timeout: 120_000 }, async () => {
  const shell = new Shell()
  writeLarge(shell, 'x.npy', [2 ** 17, 192])
  const small = await residentAtMost(shell, 'softmax', `${root}examples/data/digits.logits.npy`, '-o', 's.npy')
  const large = await residentAtMost(shell, 'softmax', 'x.npy', '-o', 'y.npy')
  expect(large - small).toBeLessThan(statSync(shell.path('x.npy')).size / 2)
})

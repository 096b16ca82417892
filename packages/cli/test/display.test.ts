import { Readable } from 'node:stream'
import { evaluate, type Metrics } from 'onesum/metrics'
import { describe, expect, test } from 'vitest'
import { shown } from '../src/class-names.ts'
import { confusionText } from '../src/confusion.ts'
import { bytes, count, decimal, dimensions, percent, points, toJson } from '../src/numbers.ts'
import { Progress } from '../src/progress.ts'
import { table } from '../src/table.ts'
import { verdict } from '../src/verdict.ts'
import { Recorder } from './support/shell.ts'

describe('numbers', () => {
  test.each([
    [0, '0.0%'],
    [0.1234, '12.3%'],
    [1, '100.0%'],
    [0.99999, '>99.9%'],
    [1e-9, '<0.1%'],
    [Number.NaN, 'NaN'],
  ])('%d is %s', (fraction, text) => {
    expect(percent(fraction)).toBe(text)
  })

  test('differences carry their sign, metrics four decimals', () => {
    expect([points(0.13), points(-0.021), points(0)]).toEqual(['+13.0', '-2.1', '0.0'])
    expect([decimal(1.45991), decimal(Number.POSITIVE_INFINITY)]).toEqual(['1.4599', 'Infinity'])
  })

  test('sizes, counts and shapes', () => {
    expect([bytes(0), bytes(999), bytes(36008), bytes(123_456_789)]).toEqual(['0 B', '999 B', '36.0 kB', '123 MB'])
    expect([count(1, 'row'), count(1e6, 'row'), count(2, 'class')]).toEqual(['1 row', '1,000,000 rows', '2 classes'])
    expect([dimensions([2, 3]), dimensions([])]).toEqual(['2 × 3', 'a scalar'])
  })

  test('JSON has words for what JSON has not', () => {
    expect(toJson({ a: Number.NaN, b: [Number.NEGATIVE_INFINITY, 1] }, 0)).toBe('{"a":"NaN","b":["-Infinity",1]}')
  })
})

test('a table aligns its columns and ends no line with spaces', () => {
  const lines = table(
    [
      { title: 'name', align: 'left' },
      { title: 'n', align: 'right' },
    ],
    [
      ['a', '10'],
      ['longer', '9'],
    ],
  )
  expect(lines).toEqual(['name     n', 'a       10', 'longer   9'])
})

test('a table counts what a terminal shows: wide letters, emoji, and letters of several code points', () => {
  const lines = table(
    [
      { title: '', align: 'left' },
      { title: 'n', align: 'right' },
    ],
    [
      ['漢字', '1'],
      ['🦄', '2'],
      ['e\u0301te', '3'],
      ['abcd', '4'],
    ],
  )
  expect(lines).toEqual(['      n', '漢字  1', '🦄    2', 'e\u0301te   3', 'abcd  4'])
})

test('names lose what would act on a terminal, and keep what joins letters', () => {
  expect(shown('\x1b[31mred\n\u202eabc')).toBe('\ufffd[31mred\ufffd\ufffdabc')
  expect(shown('می\u200cخواهم 👩\u200d🔬')).toBe('می\u200cخواهم 👩\u200d🔬')
  const lines = confusionText(
    '2 rows',
    [
      [1, 0],
      [0, 1],
    ],
    ['\x1b[2J', 'b'],
  )
  expect(lines.join('\n')).not.toContain('\x1b')
})

describe('the verdict', () => {
  // chance alone would show an ECE of up to twice the given one
  const metrics = (accuracy: number, meanConfidence: number, ece: number, chance = 0.005, rows = 10_000): Metrics => ({
    ...evaluate([2, 1, 0], [0]),
    rows,
    accuracy,
    meanConfidence,
    ece,
    calibratedEce: { mean: chance, deviation: chance / 2 },
  })
  test.each([
    ['overconfident', metrics(0.94, 0.98, 0.04), /claims 98\.0% .* right 94\.0% .*overconfident by 4\.0 points/s],
    ['underconfident', metrics(0.94, 0.9, 0.04), /underconfident by 4\.0 points/],
    ['honest', metrics(0.94, 0.945, 0.01), /well calibrated: it delivers what it claims \(ECE 1\.0%\)/],
    ['off in single bins', metrics(0.94, 0.94, 0.08), /single bins are off \(ECE 8\.0%\)/],
    ['too few rows', metrics(0.5, 0.8, 0.3, 0.2, 4), /An ECE of 30\.0% may be chance: 4 rows are too few to tell/],
  ])('%s', (_, given, text) => {
    expect(verdict(given).join('\n')).toMatch(text)
  })
})

describe('progress', () => {
  const shown = async (isTTY: boolean, total: number | undefined, waitMs: number, beside = false): Promise<string> => {
    const stderr = new Recorder(isTTY)
    const terminal = { stdin: Readable.from([]), stdout: new Recorder(isTTY), stderr, cwd: '.' }
    const progress = new Progress(terminal, 'softmax', total, beside)
    await new Promise((resolve) => setTimeout(resolve, waitMs))
    progress.update(50_000_000)
    progress.stop()
    return stderr.bytes().toString()
  }

  test('long work on a terminal shows its share, rate and time left', async () => {
    const text = await shown(true, 100_000_000, 600)
    expect(text).toMatch(/softmax █+░+ 50% \| [\d.]+ MB\/s \| .* left/)
  })

  test('without a known end it shows what has passed', async () => {
    expect(await shown(true, undefined, 600)).toMatch(/softmax 50\.0 MB \| [\d.]+ MB\/s/)
  })

  test('a note of its own takes the place of the rate, and standing still does not make the time left infinite', async () => {
    const stderr = new Recorder(true)
    const progress = new Progress({ stdin: Readable.from([]), stdout: new Recorder(), stderr, cwd: '.' }, 'train', 10)
    await new Promise((resolve) => setTimeout(resolve, 600))
    for (let i = 0; i < 30; i++) {
      progress.update(i < 20 ? 3 : 4, `fit ${i}`)
      // beyond the bar's own interval between two drawings
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    progress.stop()
    const text = stderr.bytes().toString()
    expect(text).toMatch(/train █+░+ 30% \| fit \d+ \| /)
    expect(text).toMatch(/train █+░+ 40% \| fit \d+ \| /)
    expect(text).not.toContain('NF')
  })

  test('short work shows nothing, and neither does a file or a pipe', async () => {
    expect(await shown(true, 100_000_000, 0)).toBe('')
    expect(await shown(false, 100_000_000, 600)).toBe('')
  })

  test('results that go to the same terminal are not torn by a bar', async () => {
    expect(await shown(true, 100_000_000, 600, true)).toBe('')
  })
})

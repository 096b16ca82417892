import { describe, expect, it } from 'vitest'
import { assess, type FileNames, type ReportInput } from '../src/index.ts'
import { plain } from './support/document.ts'
import { measure, reportInput } from './support/measure.ts'
import { type SourceOptions, softmax, source } from './support/source.ts'

const made = new Map<string, ReportInput>()

function inputOf(options: SourceOptions): ReportInput {
  const key = JSON.stringify(options)
  const input = made.get(key) ?? reportInput(source(options))
  made.set(key, input)
  return input
}

const sources = {
  overconfident: { rows: 4000, scale: 2 },
  underconfident: { rows: 4000, scale: 0.5 },
  calibrated: { rows: 6000 },
  shuffled: { rows: 2000, shuffled: true },
  few: { rows: 30 },
} satisfies Record<string, SourceOptions>

/** The first sentence, as a reader sees it. */
const headline = (options: SourceOptions) => plain(assess(inputOf(options)).headline)

describe('the verdict', () => {
  it('on a model whose logits are twice what is true: overconfident, and temperature 2 mends it', () => {
    const { verdict, remedy, reasons } = assess(inputOf(sources.overconfident))
    expect([verdict, remedy]).toEqual(['overconfident', 'mends'])
    const [, claim, truth, temperature] =
      /^([\d.]+) % here means ([\d.]+) %; temperature ([\d.]+) mends it\.$/.exec(headline(sources.overconfident)) ?? []
    expect(Number(claim)).toBeGreaterThan(Number(truth) + 5)
    // T has a standard error of a few hundredths at 4000 rows
    expect(Math.abs(Number(temperature) - 2)).toBeLessThan(0.2)
    expect(reasons[0]).toMatch(
      /^It is overconfident: over 4,000\u00a0rows it claims \d+\u00a0% .* right \d+\u00a0% of the time\.$/,
    )
  })

  it('on a model whose logits are half of what is true: underconfident, and temperature 0.5 mends it', () => {
    const { verdict, remedy } = assess(inputOf(sources.underconfident))
    expect([verdict, remedy]).toEqual(['underconfident', 'mends'])
    const [, claim, truth, temperature] =
      /^([\d.]+) % here means ([\d.]+) %; temperature ([\d.]+) mends it\.$/.exec(headline(sources.underconfident)) ?? []
    expect(Number(claim)).toBeLessThan(Number(truth) - 5)
    expect(Math.abs(Number(temperature) - 0.5)).toBeLessThan(0.05)
  })

  it('on a calibrated model: what it claims comes true, as far as these rows can tell', () => {
    const { verdict, remedy, reasons } = assess(inputOf(sources.calibrated))
    expect(verdict).toBe('calibrated')
    expect(remedy).toBeUndefined()
    expect(headline(sources.calibrated)).toBe('What it claims comes true, as far as 6,000 rows can tell.')
    expect(plain(reasons.join(' '))).toContain('These rows cannot tell it from one that is perfectly calibrated')
  })

  it('on labels of other rows: it is guessing, and the labels are to be looked at', () => {
    const { verdict, next } = assess(inputOf(sources.shuffled))
    expect(verdict).toBe('guessing')
    expect(headline(sources.shuffled)).toMatch(
      /^It is guessing: right (19|20|21) % of the time, as chance would have it\.$/,
    )
    expect(next[0].text).toContain('does label 0 stand for the class that logit 0 stands for')
  })

  it.each([1, 2, 3, 4, 5])('on thirty rows of a calibrated model, draw %d: these rows cannot tell', (seed) => {
    const few = { ...sources.few, seed }
    const { verdict, reasons, next } = assess(inputOf(few))
    expect(verdict).toBe('undecided')
    expect(headline(few)).toBe('These 30 rows cannot tell whether its probabilities come true.')
    expect(plain(reasons[0])).toContain('That may be chance')
    expect(next[0].text).toMatch(/^Label more rows, about [\d,]+/)
  })

  it('on one row: it cannot tell', () => {
    const { verdict, headline: sentence } = assess(inputOf({ rows: 1 }))
    expect(verdict).toBe('undecided')
    expect(sentence).toMatch(/^This one row cannot tell/)
  })

  it('on claims that are too high where they are high, and too low where they are low: off in both directions', () => {
    // three of four rows are right throughout, and the claims are 0.55 and 0.95 for either class
    const labels = Array.from({ length: 4000 }, (_, i) => (i % 8 < 3 || i % 8 === 7 ? 1 : 0))
    const probabilities = labels.map((_, i) => {
      const claim = i < 2000 ? 0.55 : 0.95
      return i % 8 < 4 ? [1 - claim, claim] : [claim, 1 - claim]
    })
    const measured = measure(probabilities, labels)
    const input = { ...inputOf(sources.overconfident), before: measured, after: measured }
    const { verdict, remedy, next } = assess(input)
    expect([verdict, remedy]).toEqual(['uneven', 'fails'])
    expect(plain(assess(input).headline)).toBe(
      '95 % here means 75 %, but 55 % means 75 %; a temperature does not mend it.',
    )
    expect(next[0].code?.join()).toContain('fitBest')
    expect(next[0].code?.[1]).toBe('onesum calibrate LOGITS --labels LABELS --method best -o best.json')
  })

  it('on rows that are all right: more rows that are wrong are needed, and no temperature is recommended', () => {
    const { logits } = source({ rows: 2000, scale: 0.3 })
    const labels = logits.map((row) => row.indexOf(Math.max(...row)))
    const { verdict, reasons, next } = assess(reportInput({ logits, labels }))
    expect(verdict).toBe('underconfident')
    expect(reasons.at(-1)).toMatch(/^Every row is right/)
    expect(next.map(({ code }) => code).filter(Boolean)).toEqual([])
    expect(next[0].text).toMatch(/^Find labelled rows that the model gets wrong/)
  })

  it('on a model whose answers are always the same, and whose probabilities tell rows apart: not guessing', () => {
    // 90 and 60 of 100 rows are of class 0, as claimed
    const labels = Array.from({ length: 4000 }, (_, i) => Number(i < 2000 ? i % 10 === 0 : i % 10 < 4))
    const measured = measure(
      labels.map((_, i) => (i < 2000 ? [0.9, 0.1] : [0.6, 0.4])),
      labels,
    )
    expect(assess({ ...inputOf(sources.calibrated), before: measured, after: measured }).verdict).toBe('calibrated')
  })
})

describe('the limit of chance', () => {
  it('is exceeded by at most one in ten calibrated models', () => {
    // Two deviations leave between 2 and 5 in 100 beyond; 10 or more of 100 at 5 in 100 has a probability of 0.028.
    // The draws are seeded, so this test always gives the same answer.
    const off = Array.from({ length: 100 }, (_, i) => {
      const { logits, labels } = source({ rows: 400, seed: 100 + i })
      const { ece, calibratedEce } = measure(
        logits.map((row) => softmax(row, 1)),
        labels,
      )
      return ece > calibratedEce.mean + 2 * calibratedEce.deviation
    }).filter(Boolean)
    expect(off.length).toBeLessThan(10)
  })
})

describe('the advice', () => {
  it('names the files as a shell takes them', () => {
    const input = { ...inputOf(sources.overconfident), files: { logits: "it's here.npy", labels: 'labels.csv' } }
    const code = assess(input).next[0].code ?? []
    expect(code[1]).toBe(`onesum calibrate 'it'\\''s here.npy' --labels labels.csv -o calibrator.json`)
  })

  it('gives the command what it was given: the column, the names, and what the numbers are', () => {
    const given = { ...inputOf(sources.overconfident), from: 'probabilities' as const }
    const code = (files: FileNames) => assess({ ...given, files }).next[0].code ?? []
    expect(code({ logits: 'p.csv', labelColumn: 'true kind', classes: 'a,b' })).toEqual([
      expect.stringMatching(/^softmax\(probabilities\.map\(Math\.log\), /),
      `onesum calibrate p.csv --label-column 'true kind' --classes a,b --from probabilities -o calibrator.json`,
      `onesum apply calibrator.json p.csv --label-column 'true kind' -o probabilities.npy`,
    ])
    expect(code({ logits: 'p.csv', labels: 'l.csv', labelColumn: '2' }).slice(1)).toEqual([
      'onesum calibrate p.csv --labels l.csv --label-column 2 --from probabilities -o calibrator.json',
      'onesum apply calibrator.json p.csv -o probabilities.npy',
    ])
  })

  it('says what refusing the less sure rows would gain, by the curve after calibration', () => {
    const input = inputOf(sources.overconfident)
    const step = assess(input).next.find(({ text }) => text.startsWith('Decide what an error costs'))
    const wrong = Math.round((1 - input.after.accuracy) * 100)
    expect(plain(step?.text)).toContain(`Answering all rows, ${wrong} % of the answers are wrong`)
  })

  it('points to classes that are recognised far less often than the others', () => {
    // one of five ill rows is recognised, and every healthy one
    const labels = Array.from({ length: 1000 }, (_, i) => Number(i % 20 === 0))
    const measured = measure(
      labels.map((_, i) => (i % 100 === 0 ? [0.04, 0.96] : [0.96, 0.04])),
      labels,
    )
    const input = { ...inputOf(sources.calibrated), before: measured, classNames: ['healthy', 'ill'] }
    expect(
      plain(
        assess(input)
          .next.map(({ text }) => text)
          .join(),
      ),
    ).toContain('ill is recognised less than half as often')
  })
})

describe('the numbers', () => {
  it('stand before and after, each with its interval where there is one', () => {
    const input = inputOf(sources.overconfident)
    const before = {
      ...input.before,
      intervals: {
        level: 0.95,
        replicates: 200,
        accuracy: [0.51, 0.55],
        nll: [1, 1.2],
        brier: [0.5, 0.6],
        meanConfidence: [0.7, 0.72],
        ece: [0.151, 0.183],
        mce: [0.2, 0.3],
        gap: [-0.01, 0.02],
      } as const,
    }
    const { figures } = assess({ ...input, before })
    const shown = (name: string) => figures.find((figure) => figure.name === name)
    expect(shown('Accuracy')?.before.value).toBe(input.before.accuracy)
    expect(shown('Accuracy')?.level).toBe(0.95)
    expect(plain(shown('ECE')?.before.interval?.text)).toBe('15.1 to 18.3 points')
    expect(plain(shown('Confidence − accuracy')?.before.interval?.text)).toBe('−1.0 to +2.0 points')
    expect(shown('ECE')?.after.interval).toBeUndefined()
    expect(shown('NLL')?.after.text).toBe(input.after.nll.toFixed(4))
  })

  it('with a true class of probability 0 show a loss without end, and the report goes on', () => {
    const input = inputOf(sources.overconfident)
    const { figures, verdict } = assess({ ...input, before: { ...input.before, nll: Infinity } })
    expect(figures.find(({ name }) => name === 'NLL')?.before.text).toBe('∞')
    expect(verdict).toBe('overconfident')
  })
})

import { describe, expect, test } from 'vitest'
import { evaluate } from '../../src/metrics/index.ts'
import { expectClose } from '../support/compare.ts'
import { holds } from '../support/property.ts'
import { labelled } from './arbitraries.ts'
import { naiveAuc, naiveBin, naiveEce, naivePredictions } from './naive.ts'

const range = (n: number) => Array.from({ length: n }, (_, i) => i)
// a number of bins whose edges, powers of two apart, are met by no probability but ½ and 1 of tied rows, exactly
const bins = 8

describe('what is true of each class', () => {
  test('the confusion matrix, precision, recall and F1 are those of plain counting', () => {
    holds([labelled()], ({ rows, labels, classes }) => {
      const got = evaluate(rows.flat(), labels, { shape: [rows.length, classes], from: 'logits', bins })
      // by the logits: probabilities of different logits may be equal
      const predicted = rows.map((row) => row.indexOf(Math.max(...row)))
      const pairs = (t: number, p: number) => labels.filter((label, r) => label === t && predicted[r] === p).length
      expect(got.confusion).toEqual(range(classes).map((t) => range(classes).map((p) => pairs(t, p))))
      for (const k of range(classes)) {
        const count = labels.filter((label) => label === k).length
        const chosen = predicted.filter((p) => p === k).length
        const correct = pairs(k, k)
        expect(got.perClass[k]).toMatchObject({ class: k, count, predicted: chosen, correct })
        expect(got.perClass[k].precision).toBe(chosen === 0 ? undefined : correct / chosen)
        expect(got.perClass[k].recall).toBe(count === 0 ? undefined : correct / count)
        expect(got.perClass[k].f1).toBe(count + chosen === 0 ? undefined : (2 * correct) / (count + chosen))
      }
      const over = (values: (number | undefined)[]) => {
        const known = values.filter((value) => value !== undefined)
        return known.reduce((sum, value) => sum + value, 0) / known.length
      }
      // means of at most 6 numbers up to 1
      const want = [over(got.perClass.map(({ recall }) => recall)), over(got.perClass.map(({ f1 }) => f1))]
      expectClose([got.balancedAccuracy, got.macroF1], want, 1e-15, 0)
    })
  })

  test('bins, calibration errors and mean probabilities are those of a double loop', () => {
    holds([labelled()], ({ rows, labels, classes }) => {
      const got = evaluate(rows.flat(), labels, { shape: [rows.length, classes], from: 'logits', bins })
      const all = naivePredictions(rows).map(({ p }) => p)
      const errors = range(classes).map((k) => {
        const entries = all.map((p, r) => ({ confidence: p[k], right: labels[r] === k }))
        const binned = range(bins).map((b) => entries.filter(({ confidence }) => naiveBin(confidence, bins) === b))
        expect(got.perClass[k].bins?.map(({ count }) => count)).toEqual(binned.map((bin) => bin.length))
        expect(got.perClass[k].bins?.map(({ correct }) => correct)).toEqual(
          binned.map((bin) => bin.filter(({ right }) => right).length),
        )
        const mean = entries.reduce((sum, { confidence }) => sum + confidence, 0) / rows.length
        // 25 probabilities, each right to a few 2^-53
        expectClose([got.perClass[k].meanProbability], [mean], 1e-14, 0)
        return naiveEce(binned)
      })
      expectClose(
        got.perClass.map(({ ece = NaN }) => ece),
        errors,
        0,
        1e-14,
      )
      expectClose([got.classwiseEce ?? NaN], [errors.reduce((a, b) => a + b) / classes], 0, 1e-14)
    })
  })

  test('the parts of the Brier score add up to it, the terms within bins computed one by one', () => {
    holds([labelled()], ({ rows, labels, classes }) => {
      const n = rows.length
      const {
        brier,
        brierDecomposition: parts,
        ...got
      } = evaluate(rows.flat(), labels, {
        shape: [n, classes],
        from: 'logits',
        bins,
      })
      if (!parts) throw new Error('few classes have a decomposition')
      const all = naivePredictions(rows).map(({ p }) => p)
      let [reliability, resolution, uncertainty, within] = [0, 0, 0, 0]
      for (const k of range(classes)) {
        const share = labels.filter((label) => label === k).length / n
        uncertainty += share * (1 - share)
        for (const b of range(bins)) {
          const inside = range(n).filter((r) => naiveBin(all[r][k], bins) === b)
          if (inside.length === 0) continue
          const outcome = (r: number) => (labels[r] === k ? 1 : 0)
          const p = inside.reduce((sum, r) => sum + all[r][k], 0) / inside.length
          const o = inside.reduce((sum, r) => sum + outcome(r), 0) / inside.length
          reliability += (inside.length / n) * (p - o) ** 2
          resolution += (inside.length / n) * (o - share) ** 2
          // Stephenson et al. 2008: within-bin variance and covariance
          for (const r of inside) within += ((all[r][k] - p) ** 2 - 2 * (outcome(r) - o) * (all[r][k] - p)) / n
        }
      }
      // sums of at most 150 terms that are at most 2 in all
      expectClose(
        [parts.reliability, parts.resolution, parts.uncertainty, parts.withinBin],
        [reliability, resolution, uncertainty, within],
        0,
        1e-14,
      )
      const total = parts.reliability - parts.resolution + parts.uncertainty + parts.withinBin
      expectClose([total], [brier], 0, 1e-15 * 8)
      expect(got.perClass.length).toBe(classes)
    })
  })

  test('areas under ROC curves are the parts of all pairs that are in order', () => {
    holds([labelled()], ({ rows, labels, classes }) => {
      // probabilities as they are, so that ties are ties
      const all = naivePredictions(rows).map(({ p }) => p)
      const got = evaluate(all.flat(), labels, { shape: [rows.length, classes], from: 'probabilities' })
      const areas = range(classes).map((k) => {
        const side = (inside: boolean) => all.filter((_, r) => (labels[r] === k) === inside).map((p) => p[k])
        const value = naiveAuc(side(true), side(false))
        expect(got.perClass[k].auc).toEqual(value === undefined ? undefined : { value, exact: true, error: 0 })
        return value
      })
      const known = areas.filter((value) => value !== undefined)
      if (known.length === 0) expect(got.macroAuc).toBe(undefined)
      else expectClose([got.macroAuc ?? NaN], [known.reduce((a, b) => a + b) / known.length], 1e-15, 0)
    })
  })

  test('the most confidently wrong rows are those of a full sort', () => {
    holds([labelled()], ({ rows, labels, classes }) => {
      const all = naivePredictions(rows)
      const given = { shape: [rows.length, classes], from: 'probabilities', worst: 4 } as const
      const { worst } = evaluate(
        all.flatMap(({ p }) => p),
        labels,
        given,
      )
      const want = all
        .map(({ p, predicted, confidence }, row) => {
          return { row, confidence, label: labels[row], predicted, probability: p[labels[row]] }
        })
        .filter(({ label, predicted }) => label !== predicted)
        .sort((a, b) => b.confidence - a.confidence || a.row - b.row)
      expect(worst).toEqual(want.slice(0, 4))
    })
  })
})

describe('many classes', () => {
  test('above 1024 the confusion matrix is left out, and the rest stands', () => {
    const x = new Float32Array(2 * 1025).fill(-3)
    x[7] = 4
    x[1025 + 9] = 4
    const got = evaluate(x, [7, 8], { shape: [2, 1025] })
    expect(got.confusion).toBe(undefined)
    expect([got.accuracy, got.perClass[7].recall, got.perClass[9].precision]).toEqual([0.5, 1, 0])
    expect(evaluate(x.subarray(0, 1024), [7]).confusion?.length).toBe(1024)
  })

  test('above 2^20 classes × bins the class-wise errors are left out, mean probabilities are not', () => {
    const classes = 2 ** 16 + 1
    const x = new Float32Array(classes)
    const got = evaluate(x, [0], { bins: 16 })
    expect([got.classwiseEce, got.brierDecomposition, got.perClass[5].bins, got.perClass[5].ece]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expectClose([got.perClass[5].meanProbability], [1 / classes], 1e-15, 0)
  })
})

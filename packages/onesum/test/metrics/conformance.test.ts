import { describe, expect, test } from 'vitest'
import { entropy, softmax } from '../../src/index.ts'
import { brierScore, evaluate, type ReliabilityBin, reliabilityBins } from '../../src/metrics/index.ts'
import { describeOurs, fixturePath, readFixture, type TensorJson, tensor } from '../support/cases.ts'
import { expectClose } from '../support/compare.ts'
import { readNpy } from '../support/npy.ts'

/** Errors over bins, and what stands in each bin. */
type BinnedJson = { ece: number; mce: number; rmsce: number; count: number[]; accuracy: number[]; confidence: number[] }

type MetricsJson = {
  temperature: number
  accuracy: number
  nll: number
  brier_sum: number
  brier_half: number
  mean_confidence: number
  entropy_mean: number
  ece15: BinnedJson
  ece10: number
  adaptive_ece15: number
  classwise_ece15: number[]
  external: Record<string, number>
}

type RealCase = {
  name: string
  files: Record<string, string>
  classes: number
  n_test: number
  n_cal: number
  separable_calibration_set: boolean
  nll_cal_before: number
  nll_cal_after: number | null
  metrics_before: MetricsJson
  metrics_after: MetricsJson | null
}

/** Bins, exact counts and the two errors. */
function expectBins(got: ReturnType<typeof evaluate>, want: BinnedJson, atol: number): void {
  expect(got.bins.map(({ count }) => count)).toEqual(want.count)
  expectClose(
    got.bins.map(({ accuracy }) => accuracy),
    want.accuracy,
    0,
    atol,
  )
  expectClose(
    got.bins.map(({ confidence }) => confidence),
    want.confidence,
    0,
    atol,
  )
  expectClose([got.ece, got.mce, got.eceL2], [want.ece, want.mce, want.rmsce], 0, atol)
}

/** Logits of a fixture, divided by a temperature in float64. */
function logitsAt(c: RealCase, part: 'cal' | 'test', temperature: number): Float64Array {
  const logits = readNpy(fixturePath(`conformance/${c.files[`${part}.logits`]}`))
  return Float64Array.from(logits, (value) => value / temperature)
}

function labelsOf(c: RealCase, part: 'cal' | 'test'): Int32Array {
  const labels = readNpy(fixturePath(`conformance/${c.files[`${part}.labels`]}`))
  if (!(labels instanceof Int32Array)) throw new Error('labels are int32')
  return labels
}

/**
 * Left out by design: `ece15_left_closed`, as bins here are closed on the right; torchmetrics' l2, which in four of thirteen
 * cases is not the root of the mean square that `rmsce` is. `fitted_temperature` is compared in test/conformance.
 */
function testMetrics(c: RealCase, when: string, want: MetricsJson): void {
  const shape = [c.n_test, c.classes]
  const logits = logitsAt(c, 'test', want.temperature)
  const labels = labelsOf(c, 'test')

  test(`${c.name}, ${when}: scores`, () => {
    const got = evaluate(logits, labels, { shape })
    expect([got.rows, got.classes, got.skipped]).toEqual([c.n_test, c.classes, 0])
    expectClose([got.nll, got.brier, got.brier / 2], [want.nll, want.brier_sum, want.brier_half], 1e-9, 0)
    expectClose([got.accuracy, got.meanConfidence], [want.accuracy, want.mean_confidence], 0, 1e-9)
    expect(got.topKAccuracy[1]).toBe(got.accuracy)
  })

  test(`${c.name}, ${when}: bins and calibration errors`, () => {
    expectBins(evaluate(logits, labels, { shape }), want.ece15, 1e-9)
    expectClose([evaluate(logits, labels, { shape, bins: 10 }).ece], [want.ece10], 0, 1e-9)
  })

  test(`${c.name}, ${when}: bins of equal mass, and each class's calibration error`, () => {
    const got = evaluate(logits, labels, { shape })
    // the reference splits rows of one confidence in their order, here in proportion: both rows' bins may differ by them
    const confidences = softmax(logits, { shape }).reduce<number[]>((all, p, i) => {
      if (i % c.classes === 0) all.push(p)
      else all[all.length - 1] = Math.max(all[all.length - 1], p)
      return all
    }, [])
    const ties = c.n_test - new Set(confidences).size
    expectClose([got.equalMass.ece], [want.adaptive_ece15], 0, (2 * ties) / c.n_test + 1e-9)
    expect([got.equalMass.exact, got.equalMass.error]).toEqual([true, 0])
    expectClose(
      got.perClass.map(({ ece = NaN }) => ece),
      want.classwise_ece15,
      0,
      1e-9,
    )
  })

  test(`${c.name}, ${when}: mean entropy`, () => {
    const each = entropy(logits, { shape })
    expectClose([each.reduce((sum, value) => sum + value, 0) / c.n_test], [want.entropy_mean], 1e-9, 0)
  })

  test(`${c.name}, ${when}: what other packages say`, () => {
    const got = evaluate(logits, labels, { shape })
    const { external } = want
    const double = ['sklearn.log_loss', 'sklearn.brier_score_loss', 'netcal.ECE', 'netcal.MCE']
    expectClose(
      [got.nll, got.brier, got.ece, got.mce],
      double.map((name) => external[name]),
      0,
      1e-9,
    )
    // these compute in float32: a mean of some hundred confidences is right to 1e-6
    const single = ['torchmetrics.multiclass_calibration_error.l1', 'gpleiss._ECELoss', 'torchmetrics.max']
    expectClose(
      [got.ece, got.ece, got.mce],
      single.map((name) => external[name]),
      0,
      1e-6,
    )
  })
}

describe('metrics of real models', () => {
  describeOurs<RealCase>('calibration-real.json', 7, (cases) => {
    for (const c of cases) {
      testMetrics(c, 'raw logits', c.metrics_before)
      if (c.metrics_after) testMetrics(c, 'logits over the fitted temperature', c.metrics_after)

      test(`${c.name}: NLL of the calibration set`, () => {
        const shape = [c.n_cal, c.classes]
        const labels = labelsOf(c, 'cal')
        expectClose([evaluate(logitsAt(c, 'cal', 1), labels, { shape }).nll], [c.nll_cal_before], 1e-9, 0)
        expect(c.metrics_after === null).toBe(c.separable_calibration_set)
        if (c.metrics_after === null || c.nll_cal_after === null) return
        const scaled = logitsAt(c, 'cal', c.metrics_after.temperature)
        expectClose([evaluate(scaled, labels, { shape }).nll], [c.nll_cal_after], 1e-9, 0)
      })
    }
    test('all but the separable one have a fitted temperature', () =>
      expect(cases.filter((c) => c.metrics_after !== null).length).toBe(6))
  })
})

type SyntheticCase = {
  name: string
  n_bins: number
  probs: TensorJson
  labels: number[]
  right_closed: BinnedJson
  brier_sum: number
  nll: number | string
}

describe('metrics of constructed probabilities', () => {
  // left out by design: `left_closed`, as bins here are closed on the right
  describeOurs<SyntheticCase>('calibration-synthetic.json', 9, (cases) => {
    for (const c of cases) {
      test(c.name, () => {
        const { values, shape } = tensor(c.probs)
        const got = evaluate(values, c.labels, { shape, from: 'probabilities', bins: c.n_bins })
        expect([got.rows, got.classes]).toEqual(shape)
        expectBins(got, c.right_closed, 1e-12)
        // the file writes a sum of nothing but log 1 as −0: zeros are equal without regard to sign
        expectClose([got.nll, got.brier], [Number(c.nll), c.brier_sum], 0, 1e-12)
      })

      test(`${c.name}, as logarithms`, () => {
        // log p are logits of p: the same but for the rounding of log and exp, which could cross an edge
        const { values, shape } = tensor(c.probs)
        const got = evaluate(values.map(Math.log), c.labels, { shape, from: 'logits', bins: c.n_bins })
        expectClose([got.nll, got.brier], [Number(c.nll), c.brier_sum], 0, 1e-12)
      })
    }
  })
})

type BinaryCase = { n_bins: number; strategy: 'uniform' | 'quantile'; prob_true: number[]; prob_pred: number[] }
type BinaryFile = {
  y_true: number[]
  y_prob: number[]
  brier: number
  log_loss: number
  sample_weight: number[]
  brier_weighted: number
  log_loss_weighted: number
}

describe('metrics of two classes', () => {
  const file = readFixture<BinaryFile>('conformance/calibration-binary.json')
  const { y_true, y_prob } = file
  const p = y_prob.flatMap((value) => [1 - value, value])
  const given = { shape: [y_true.length, 2], from: 'probabilities' } as const

  test('scores', () => {
    const got = evaluate(p, y_true, given)
    // Brier's score of one class is half of the sum over both
    expectClose([got.brier / 2, got.nll], [file.brier, file.log_loss], 0, 1e-9)
  })

  test('scores of rows with weights', () => {
    const weighted = { ...given, sampleWeight: file.sample_weight }
    const got = evaluate(p, y_true, weighted)
    expectClose([got.brier / 2, got.nll], [file.brier_weighted, file.log_loss_weighted], 0, 1e-9)
    expectClose([brierScore(p, y_true, weighted) / 2], [file.brier_weighted], 0, 1e-9)
  })

  describeOurs<BinaryCase>('calibration-binary.json', 6, (cases) => {
    for (const { n_bins: bins, strategy, prob_true, prob_pred } of cases) {
      const expectFilled = (got: readonly ReliabilityBin[]) => {
        const filled = got.filter(({ count }) => count > 0)
        expectClose(
          filled.map(({ accuracy }) => accuracy),
          prob_true,
          0,
          1e-9,
        )
        expectClose(
          filled.map(({ confidence }) => confidence),
          prob_pred,
          0,
          1e-9,
        )
      }

      test(`the second class's bins, ${bins} of them, ${strategy}`, () => {
        expectFilled(reliabilityBins(p, y_true, { ...given, class: 1, bins, strategy }))
        if (strategy === 'uniform') expectFilled(evaluate(p, y_true, { ...given, bins }).perClass[1].bins ?? [])
      })
    }
  })
})

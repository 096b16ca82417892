// The area under the ROC curve of many rows: counted in fine bins, or left out where only exact numbers are wanted.
import { describe, expect, it } from 'vitest'
import { Evaluation, evaluate } from '../../src/metrics/index.ts'

/** Two classes, and more than 2^17 rows, beyond which the area is an approximation. */
const rows = 2 ** 17 + 8
const logits = Float32Array.from({ length: 2 * rows }, (_, i) => ((i * 37) % 101) / 25)
const labels = Uint8Array.from({ length: rows }, (_, i) => ((i * 7) % 5 < 2 ? 0 : 1))

describe('auc: exact', () => {
  it('leaves the areas of many rows out, and nothing else', () => {
    const always = evaluate(logits, labels, { shape: [rows, 2] })
    const exact = evaluate(logits, labels, { shape: [rows, 2], auc: 'exact' })
    expect(always.perClass[0].auc?.exact).toBe(false)
    const { macroAuc, ...rest } = always
    expect(macroAuc).toBeDefined()
    expect(exact).toEqual({ ...rest, perClass: rest.perClass.map(({ auc, ...one }) => one) })
  })

  it('gives the areas of few rows as always', () => {
    const few = { shape: [1000, 2] }
    const [some, own] = [logits.subarray(0, 2000), labels.subarray(0, 1000)]
    expect(evaluate(some, own, { ...few, auc: 'exact' })).toEqual(evaluate(some, own, few))
  })

  it('merges to the same, and travels as JSON', () => {
    const part = (first: number, end: number) =>
      new Evaluation({ auc: 'exact' }).add(logits.subarray(2 * first, 2 * end), labels.subarray(first, end), {
        shape: [end - first, 2],
        firstRow: first,
      })
    const middle = rows >> 1
    const merged = part(0, middle).merge(part(middle, rows))
    const whole = part(0, rows)
    expect(merged.result().perClass[0].auc).toBeUndefined()
    expect(merged.result().confusion).toEqual(whole.result().confusion)
    expect(Evaluation.fromJSON(JSON.parse(JSON.stringify(whole))).result()).toEqual(whole.result())
    expect(() => part(0, 10).merge(new Evaluation())).toThrow('exact auc')
  })
})

/** What section 2 is told, and what follows from it. */
import { computed } from '@preact/signals'
import { crossEntropy, crossEntropyWithGrad, softmax, softmaxBackward, softmaxJacobian } from 'onesum'
import { addressed, choice, number, numbers } from '../page/address.ts'
import { fewest, logits, most, temperature } from '../page/row.ts'

/** Where the gradient of the probabilities comes from. */
export const source = addressed('upstream', 'cross-entropy', choice(['cross-entropy', 'by-hand']))
const targetIndex = addressed('target', 0, number)
const byHand = addressed<readonly number[]>('gy', [1, 0, 0], numbers(fewest, most))

export const target = computed(() => (logits.value[targetIndex.value] === undefined ? 0 : targetIndex.value))
export const upstream = computed(() => logits.value.map((_, j) => byHand.value[j] ?? 0))

export function setTarget(index: number): void {
  targetIndex.value = index
}

export function setUpstream(index: number, value: number): void {
  byHand.value = upstream.value.map((old, j) => (j === index ? value : old))
}

export const probabilities = computed(() => softmax(logits.value, { temperature: temperature.value }))

/** dy_i / dx_j at i · n + j. */
export const jacobian = computed(() => softmaxJacobian(probabilities.value, { temperature: temperature.value }))

/** The gradient of the loss, or of ⟨gy, y⟩, with respect to each logit. */
export const gradient = computed(() => {
  const options = { temperature: temperature.value }
  if (source.value === 'by-hand') return softmaxBackward(probabilities.value, upstream.value, options)
  const { grad } = crossEntropyWithGrad(scaled(logits.value), [target.value])
  return grad.map((g) => g / temperature.value)
})

/** The same by central differences, (L(x + h) − L(x − h)) / 2h. */
export const differences = computed(() =>
  logits.value.map((logit, j) => {
    if (!Number.isFinite(logit)) return 0
    const h = 1e-5 * temperature.value
    const at = (x: number) => objective(logits.value.map((old, k) => (k === j ? x : old)))
    return (at(logit + h) - at(logit - h)) / (logit + h - (logit - h))
  }),
)

function objective(row: readonly number[]): number {
  if (source.value === 'cross-entropy') return crossEntropy(scaled(row), [target.value])
  const y = softmax(row, { temperature: temperature.value })
  return y.reduce((sum, p, j) => sum + p * upstream.value[j], 0)
}

function scaled(row: readonly number[]): number[] {
  return row.map((logit) => logit / temperature.value)
}

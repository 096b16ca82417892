/** The row of logits that the first sections share: what is set in one is seen in the others. */
import { computed } from '@preact/signals'
import { addressed, numbers, positive } from './address.ts'

export const fewest = 2
export const most = 10

export const logits = addressed<readonly number[]>('logits', [2, 1, 0.1], numbers(fewest, most))
/** How many there are: what depends on that alone rests while they move. */
export const classes = computed(() => logits.value.length)
export const temperature = addressed('temperature', 1, positive)

/** One entry changed. */
export function setLogit(index: number, value: number): void {
  logits.value = logits.value.map((old, j) => (j === index ? value : old))
}

/** The classes have letters for names: A, B, C, … */
export function className(index: number): string {
  return String.fromCharCode(65 + index)
}

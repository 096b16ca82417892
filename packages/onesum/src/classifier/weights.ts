/** What a training does to arrays of weights besides its steps. */
import { decodeNumber, show, wrongKind, wrongValue } from '../check.ts'
import type { Layer } from './layers.ts'

/** Weights come nearer to 0, intercepts do not. */
export function decay({ weights, columns, inputs }: Layer, keep: number): void {
  for (let from = 0; from < weights.length; from += columns) {
    for (let j = from; j < from + inputs; j++) weights[j] *= keep
  }
}

export function largest(numbers: Float64Array): number {
  let most = 0
  for (const each of numbers) most = Math.max(most, Math.abs(each))
  return most
}

/** Fills arrays from the lists of the same names, which must be as long. */
export function fill(where: string, saved: unknown, arrays: Record<string, Float64Array>): void {
  for (const [name, array] of Object.entries(arrays)) {
    const list = (saved as Record<string, unknown> | null)?.[name]
    if (!Array.isArray(list)) throw wrongKind(where, name, `an array of ${array.length} numbers`, show(list))
    if (list.length !== array.length) {
      throw wrongValue(where, name, `${array.length} numbers, as these layers have`, String(list.length))
    }
    for (let i = 0; i < array.length; i++) array[i] = decodeNumber(where, name, list[i])
  }
}

/** Which rows a classifier learns from, and which it is judged by. */
import { readInteger, readNumber, readOptions } from '../check.ts'
import { permutation } from '../random.ts'
import { openTarget, readLabels } from '../rows/labels.ts'
import type { Labels } from '../rows/types.ts'

const DIVISION_STREAM = 9

/** Options of `splitRows`. */
export interface SplitOptions {
  /** The part of the rows to hold out; by default 0.2. */
  heldOut?: number
  /** By default 0. */
  seed?: number
}

/** Row numbers in rising order, each in one of the two. */
export interface Split {
  readonly training: Int32Array<ArrayBuffer>
  readonly heldOut: Int32Array<ArrayBuffer>
}

/**
 * Splits rows at random into those to train on and those to judge by, every class in its proportion.
 *
 * `heldOut · rows` rows, rounded, are held out, but never the last one of a class: training sees each class that there is.
 * The same seed gives the same rows on every engine.
 *
 * @param labels the class of each row, as indices
 * @param options `heldOut` (default 0.2), `seed` (default 0)
 * @throws RangeError for a label that is no class index, and where `heldOut` is not from 0 to 1
 * @example
 * import { splitRows } from 'onesum/classifier'
 *
 * const { training, heldOut } = splitRows([0, 0, 0, 0, 1, 1, 1, 1], { heldOut: 0.25 })
 * heldOut.length // → 2
 */
export function splitRows(labels: Labels, options?: SplitOptions): Split {
  const where = 'splitRows'
  const { heldOut, seed: given } = readOptions(where, options, ['heldOut', 'seed'])
  const fraction = readNumber(where, 'heldOut', heldOut, 0.2, 0, 1)
  const seed = readInteger(where, 'seed', given, 0, 0, Number.MAX_SAFE_INTEGER)
  const classes = readLabels(where, 'labels', openTarget(where, 'labels', labels).array, 2 ** 31, undefined)
  const rows = classes.length
  const seen = new Set<number>()
  const others: number[] = []
  // in random order; the first of each class stays in training
  for (const row of permutation(rows, seed, DIVISION_STREAM)) {
    if (seen.has(classes[row])) others.push(row)
    else seen.add(classes[row])
  }
  others.sort((a, b) => classes[a] - classes[b])
  const held = Math.min(others.length, Math.round(fraction * rows))
  // at even distances, so that each class gives its part
  const chosen = Int32Array.from(
    others.filter((_, i) => part(i + 1, held, others.length) > part(i, held, others.length)),
  )
  const isHeld = new Uint8Array(rows)
  for (const row of chosen) isHeld[row] = 1
  const training = Int32Array.from({ length: rows }, (_, row) => row).filter((row) => isHeld[row] === 0)
  return { training, heldOut: chosen.sort() }
}

const part = (i: number, held: number, of: number): number => Math.floor((i * held) / of)

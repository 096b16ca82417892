/**
 * Inputs that a browser and Node make alike: from seeds, by additions, multiplications and divisions, which every engine
 * rounds alike, as it need not logarithms and cosines.
 */
import { seeded } from '../../../packages/onesum/test/support/random.ts'

/** Rows of one length, and what the functions take of them. */
export interface Batch {
  readonly name: string
  readonly shape: readonly [rows: number, length: number]
  readonly x: Float32Array
  /** Probabilities, log-probabilities and upstream gradients. */
  readonly y: Float32Array
  readonly logY: Float32Array
  readonly gy: Float32Array
  readonly labels: Int32Array
}

export type Extent = 'all' | 'few'

const LARGEST = 3.4028234663852886e38
const upTo = (most: number) => Array.from({ length: most }, (_, i) => i + 1)

/** Across the kernels for short rows, and one less and one more than whole blocks. */
const lengths = [...upTo(50), 255, 256, 257, 4095, 4096, 4097]
const fewLengths = [1, 7, 50, 257, 4097]
const scales = [0.5, 8, 80, 1e30]
const specialLengths = [1, 2, 3, 4, 5, 8, 13, 16, 33, 64, 65, 100, 257, 4097]

/** All batches, those of a long row among them; or a few, for places that run what was tested elsewhere. */
export function batches(extent: Extent): Batch[] {
  const special = specialLengths.map((length) => withSpecials(batch(length, 8, 2 * specials.length)))
  const plain = (extent === 'all' ? lengths : fewLengths).flatMap((length) =>
    scales.map((scale) => batch(length, scale)),
  )
  const long = extent === 'all' ? [batch(2 ** 17 + 1, 8, 1)] : []
  return [...plain, ...special, ...long]
}

function batch(length: number, scale: number, rows = rowsOf(length)): Batch {
  const uniform = seeded(length)
  // four uniform deviates look normal
  const bell = () => uniform() + uniform() + uniform() + uniform() - 2
  const floats = (value: () => number) => Float32Array.from({ length: rows * length }, value)
  const depth = Math.LN2 * (32 - Math.clz32(length))
  return {
    name: `${rows}×${length}, scale ${scale}`,
    shape: [rows, length],
    x: floats(() => scale * bell()),
    y: shares(
      floats(() => uniform() ** 2),
      length,
    ),
    logY: floats(() => -depth - 10 * uniform()),
    gy: floats(bell),
    labels: Int32Array.from({ length: rows }, () => Math.floor(length * uniform())),
  }
}

/** More than the short-row kernels take at once, and more entries than the JS path is left with. */
function rowsOf(length: number): number {
  return length > 64 ? 2 : Math.max(5, Math.ceil(128 / length))
}

/** Each row divided by its sum. */
function shares(weights: Float32Array, length: number): Float32Array {
  for (let at = 0; at < weights.length; at += length) {
    const row = weights.subarray(at, at + length)
    const sum = row.reduce((total, w) => total + w, 0)
    for (let j = 0; j < length; j++) row[j] /= sum
  }
  return weights
}

/** What is put into a row; `at` is any place in it. */
const specials: ((row: Float32Array, at: number) => void)[] = [
  (row, at) => row.fill(NaN, at, at + 1),
  (row, at) => row.fill(Infinity, at, at + 1),
  (row, at) => row.fill(-Infinity, at),
  (row) => row.fill(-Infinity),
  (row, at) => row.fill(LARGEST, at, at + 1).fill(-LARGEST, 0, at),
  (row) => row.fill(-2.7),
]

function withSpecials(plain: Batch): Batch {
  const [rows, length] = plain.shape
  for (let r = 0; r < rows; r++) {
    const row = plain.x.subarray(r * length, (r + 1) * length)
    specials[r % specials.length](row, (7 * r + 3) % length)
  }
  return { ...plain, name: `${rows}×${length}, special values` }
}

/** Rows of logits of every character, by length. */
import { normals, seeded } from '../support/random.ts'

type Fill = (length: number, seed: number) => ArrayLike<number>

/** The largest float32. */
export const LARGEST = 3.4028234663852886e38

/** Normal deviates whose maximum is exactly `max`, somewhere in the row. */
const topped =
  (max: number, spread = 5): Fill =>
  (length, seed) => {
    const x = Float32Array.from(normals(seed, length, spread), (v) => max - Math.abs(v))
    x[seed % length] = max
    return x
  }

/** By name; rows stand side by side in one call, so that a kernel changes between its forms from row to row. */
export const CHARACTERS: Record<string, Fill> = {
  'N(0, 1)': (length, seed) => normals(seed, length),
  '5 N(0, 1)': (length, seed) => normals(seed, length, 5),
  '30 N(0, 1)': (length, seed) => normals(seed, length, 30),
  peaked: (length, seed) => {
    const x = normals(seed, length)
    x[seed % length] += 20
    return x
  },
  'peaked far': (length, seed) => {
    const x = normals(seed, length)
    x[(seed * 7) % length] += 75
    return x
  },
  flat: (length) => new Float64Array(length).fill(-2.7),
  tied: (length, seed) => {
    const uniform = seeded(seed)
    return Float64Array.from({ length }, () => [-3.7, 0, 0.1, 2.5][Math.floor(4 * uniform())])
  },
  sorted: (length, seed) => normals(seed, length, 5).sort(),
  'maximum 179.9': topped(179.9),
  'maximum 180': topped(180),
  'maximum 180.1': topped(180.1),
  'maximum -180': topped(-180),
  'maximum -180.1': topped(-180.1),
  'subnormal outputs': (length, seed) => {
    const uniform = seeded(seed)
    const x = Float64Array.from({ length }, () => -84 - 22 * uniform())
    x[seed % length] = 1
    return x
  },
  'the whole range': (length, seed) => {
    const uniform = seeded(seed)
    return Float64Array.from({ length }, () => (2 * uniform() - 1) * LARGEST)
  },
  'every magnitude': (length, seed) => {
    const uniform = seeded(seed)
    return Float64Array.from({ length }, () => (uniform() < 0.5 ? -1 : 1) * 2 ** (250 * uniform() - 126))
  },
  'some -Infinity': (length, seed) => {
    const uniform = seeded(seed)
    const x = normals(seed, length, 3).map((v) => (uniform() < 0.3 ? -Infinity : v))
    x[seed % length] = 0.3
    return x
  },
}

/** One row of each of the characters, again and again until there are at least `least` entries. */
export function rowsOf(characters: readonly string[], length: number, least: number, seed = 1): LogitRows {
  const key = JSON.stringify([characters, length, least, seed])
  const made = known.get(key) ?? makeRows(characters, length, least, seed)
  known.set(key, made)
  return made
}

/** What was made before: every function is held against the same rows. */
const known = new Map<string, LogitRows>()

function makeRows(characters: readonly string[], length: number, least: number, seed: number) {
  const count = Math.max(1, Math.ceil(least / (length * characters.length))) * characters.length
  const x = new Float32Array(count * length)
  for (let r = 0; r < count; r++) {
    x.set(Float32Array.from(CHARACTERS[characters[r % characters.length]](length, seed + r)), r * length)
  }
  return { x, count, length, name: (row: number) => `${characters[row % characters.length]}, ${length} long` }
}

export type LogitRows = ReturnType<typeof makeRows>

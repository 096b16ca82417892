/**
 * A seeded generator of uniform numbers in [0, 1) (mulberry32): every run of the benchmark sees the same numbers.
 * @param {number} seed
 */
export function uniform(seed) {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * Normal numbers by the Box-Muller transform, in float32.
 * @param {number} length
 * @param {number} deviation
 * @param {() => number} random
 */
export function normals(length, deviation, random) {
  const values = new Float32Array(length)
  for (let i = 0; i < length; i += 2) {
    // 1 − u lies in (0, 1], so the logarithm is finite.
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()))
    const angle = 2 * Math.PI * random()
    values[i] = radius * Math.cos(angle)
    if (i + 1 < length) values[i + 1] = radius * Math.sin(angle)
  }
  return values
}

/**
 * A new order of the list (Fisher-Yates).
 * @template T
 * @param {readonly T[]} list
 * @param {() => number} random
 */
export function shuffled(list, random) {
  const result = [...list]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[result[i], result[j]] = [result[j], result[i]]
  }
  return result
}

/** A small seeded generator (mulberry32), so that every run of a test sees the same numbers. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Normal deviates of standard deviation `scale` (Box and Muller). */
export function normals(seed: number, length: number, scale = 1): Float64Array {
  const uniform = seeded(seed)
  return Float64Array.from({ length }, () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
    return scale * radius * Math.cos(2 * Math.PI * uniform())
  })
}

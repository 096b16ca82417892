/**
 * Fine bins of a probability, for order statistics of more rows than can be kept.
 *
 * Method: the leading bits of a float32 number are bins of equal width within each octave, and keep the order. Below ½
 * they are taken of p, above it of 1 − p, mirrored, so that both ends are finely resolved; what lies within
 * 2^-(octaves + 1) of an end shares its bin.
 */

const number = /* @__PURE__ */ new Float32Array(1)
const bits = /* @__PURE__ */ new Uint32Array(/* @__PURE__ */ number.buffer)

/** How many bins there are with 2^precision of them in each of so many octaves on either side. */
export function fineBins(octaves: number, precision: number): number {
  return 2 * (octaves << precision) + 1
}

/** The bin of p; never decreasing in p. */
export function fineBin(p: number, octaves: number, precision: number): number {
  const upper = p > 0.5
  number[0] = upper ? 1 - p : p
  const bin = (bits[0] >>> (23 - precision)) - ((126 - octaves) << precision)
  const side = bin < 0 ? 0 : bin
  return upper ? 2 * (octaves << precision) - side : side
}

/** Room for a row in float32, and its bits. */
let row = /* @__PURE__ */ new Float32Array(64)
let rowBits = /* @__PURE__ */ new Uint32Array(/* @__PURE__ */ row.buffer)

/** Counts each of `size` probabilities from `start` on for `weight`: bin b of entry k stands at k · bins + b. */
export function countFineBins(
  p: Float64Array,
  start: number,
  size: number,
  octaves: number,
  precision: number,
  counts: Float64Array,
  weight: number,
): void {
  if (row.length < size) {
    row = new Float32Array(2 * size)
    rowBits = new Uint32Array(row.buffer)
  }
  const values = row
  const patterns = rowBits
  for (let k = 0; k < size; k++) values[k] = p[start + k]
  const bins = fineBins(octaves, precision)
  const shift = 23 - precision
  const base = (126 - octaves) << precision
  const half = octaves << precision
  let first = 0
  for (let k = 0; k < size; k++, first += bins) {
    const bin = (patterns[k] >>> shift) - base
    // from ½ on the bin is that of 1 − p
    counts[first + (bin < 0 ? 0 : bin < half ? bin : fineBin(p[start + k], octaves, precision))] += weight
  }
}

/**
 * Random numbers from a seed and an index: no state, no order, the same bits on every engine.
 *
 * Method: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011), a
 * bijection of 128-bit counters under a 64-bit key. Ten rounds, each two products of 32 bits whose high halves are mixed
 * crosswise; the key grows by the golden ratio and by √3 − 1. The seed is the key; the counter holds the index (53 bits)
 * and the stream (32 bits), so draws for different purposes never share bits.
 */

const multiplier0 = 0xd2511f53
const multiplier2 = 0xcd9e8d57
const golden = 0x9e3779b9
const root3 = 0xbb67ae85
const rounds = 10

/** The upper 32 bits of the product of two uint32, from halves of 16 bits, so that every sum is exact. */
function high(a: number, b: number): number {
  const a0 = a & 0xffff
  const a1 = a >>> 16
  const b0 = b & 0xffff
  const b1 = b >>> 16
  const first = a1 * b0 + ((a0 * b0) >>> 16) // below 2^32
  const second = a0 * b1 + (first & 0xffff)
  return (a1 * b1 + (first >>> 16) + (second >>> 16)) >>> 0
}

/** Philox4x32-10: replaces the counter (four uint32) by its 128 random bits under the key. */
export function philox(counter: Uint32Array, key0: number, key1: number): void {
  let [c0, c1, c2, c3] = counter
  for (let round = 0; round < rounds; round++) {
    const h0 = high(multiplier0, c0)
    const h2 = high(multiplier2, c2)
    const l0 = Math.imul(multiplier0, c0)
    const l2 = Math.imul(multiplier2, c2)
    c0 = (h2 ^ c1 ^ key0) >>> 0
    c1 = l2 >>> 0
    c2 = (h0 ^ c3 ^ key1) >>> 0
    c3 = l0 >>> 0
    key0 = (key0 + golden) >>> 0
    key1 = (key1 + root3) >>> 0
  }
  counter[0] = c0
  counter[1] = c1
  counter[2] = c2
  counter[3] = c3
}

const scratch = new Uint32Array(4)

/**
 * A number strictly between 0 and 1, uniform on the odd multiples of 2^-53: `(k + 1/2)·2^-52`, k of 52 random bits.
 *
 * Neither end can come out, so that its logarithm is finite. `seed` and `index` are whole numbers from 0 to 2^53 − 1,
 * `stream` a uint32 that separates uses of one seed; callers check them.
 */
export function uniform(seed: number, index: number, stream = 0): number {
  scratch[0] = index >>> 0
  scratch[1] = index / 0x100000000
  scratch[2] = stream
  scratch[3] = 0
  philox(scratch, seed >>> 0, (seed / 0x100000000) >>> 0)
  return (scratch[0] * 0x100000 + (scratch[1] >>> 12) + 0.5) / 0x10000000000000
}

/** The whole numbers 0 … length − 1 in random order (Fisher–Yates), from the draws that begin with index `first`. */
export function permutation(length: number, seed: number, stream = 0, first = 0): Int32Array<ArrayBuffer> {
  const order = new Int32Array(length)
  for (let i = 0; i < length; i++) {
    // The newcomer takes a random place, and who stood there moves to the end.
    const j = Math.floor(uniform(seed, first + i, stream) * (i + 1))
    order[i] = order[j]
    order[j] = i
  }
  return order
}

/** Where the arrays of a call lie: outside the kernels' memory, inside, in place, off by one to three floats, between guards. */
import { expect } from 'vitest'
import { allocate, release } from '../../src/index.ts'

export interface Placement {
  readonly name: string
  /** Whether the inputs lie in the kernels' memory, and the output. */
  readonly inputs: 'outside' | 'inside'
  readonly output: 'outside' | 'inside' | 'first input'
  /** How many floats the arrays stand off an aligned address. */
  readonly shift: number
}

const both = (where: 'outside' | 'inside', name: string): Placement[] =>
  [0, 1, 2, 3].flatMap((shift): Placement[] => [
    { name: `${name}, ${shift} floats off`, inputs: where, output: where, shift },
    { name: `${name}, in place, ${shift} floats off`, inputs: where, output: 'first input', shift },
  ])

/** Every placement; the first two are plain copying and plain zero copy. */
export const PLACEMENTS: readonly Placement[] = [
  ...both('inside', 'zero copy'),
  ...both('outside', 'copied'),
  { name: 'only the input inside', inputs: 'inside', output: 'outside', shift: 1 },
  { name: 'only the output inside', inputs: 'outside', output: 'inside', shift: 1 },
]

/** Placements for rows that are too long for all of them. */
export const [ZERO_COPY, IN_PLACE, COPIED] = [PLACEMENTS[0], PLACEMENTS[1], PLACEMENTS[8]]

/** Words between and around arrays. */
const GUARDS = 24

/** NaN and infinities show a kernel that reads past an end, and bits of their own one that writes there. */
const PATTERNS = [0x7fc12345, 0x7f800000, 0xff800000]

const arenas = new Map<'inside' | 'outside', Float32Array>()

/** Room for so many floats, kept for the next call. */
function arena(where: 'inside' | 'outside', floats: number): Float32Array {
  const old = arenas.get(where)
  if (old && old.length >= floats) return old
  if (old && where === 'inside') release(old)
  const fresh = where === 'inside' ? allocate('float32', 2 * floats) : new Float32Array(2 * floats)
  arenas.set(where, fresh)
  return fresh
}

let turn = 0

/** Makes the call with copies of the inputs as the placement says, and returns what the output then holds. */
export function placed(
  { inputs: from, output: to, shift }: Placement,
  inputs: readonly Float32Array[],
  size: number,
  call: (inputs: Float32Array[], out: Float32Array) => void,
): Float32Array {
  const whole = [...inputs.map((input) => input.length), size].reduce((a, b) => a + b + 2 * GUARDS, 4 * GUARDS)
  const [room, outRoom] = [arena(from, whole), arena(to === 'first input' ? from : to, whole)]
  const words = [room, outRoom].map((each) => new Int32Array(each.buffer, each.byteOffset, whole))
  const pattern = PATTERNS[turn++ % PATTERNS.length] | 0
  for (const each of words) each.fill(pattern)
  let at = GUARDS + shift
  const take = (whence: Float32Array, length: number) => {
    const array = whence.subarray(at, at + length)
    at += length + GUARDS
    return array
  }
  const placedInputs = inputs.map((input) => {
    const array = take(room, input.length)
    array.set(input)
    return array
  })
  const out = to === 'first input' ? placedInputs[0].subarray(0, size) : take(outRoom, size)
  call(placedInputs, out)
  const result = out.slice()
  // what lies under the arrays is put back to the pattern, and then nothing else may be left
  for (const [k, array] of placedInputs.entries()) {
    if (k > 0 || to !== 'first input') expect(sameBits(array, inputs[k]), 'the inputs are unchanged').toBe(true)
    new Int32Array(array.buffer, array.byteOffset, array.length).fill(pattern)
  }
  new Int32Array(out.buffer, out.byteOffset, out.length).fill(pattern)
  for (const each of words) expect(isFilled(each, pattern), 'the guards are unharmed').toBe(true)
  return result
}

function isFilled(words: Int32Array, pattern: number): boolean {
  for (let i = 0; i < words.length; i++) if (words[i] !== pattern) return false
  return true
}

/** The same words, payloads of NaN and signs of zeros included. */
export function sameBits(a: Float32Array, b: Float32Array): boolean {
  const [p, q] = [a, b].map((each) => new Int32Array(each.buffer, each.byteOffset, each.length))
  if (p.length !== q.length) return false
  for (let i = 0; i < p.length; i++) if (p[i] !== q[i]) return false
  return true
}

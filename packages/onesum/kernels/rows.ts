/** Walking a row of float32 in groups of vectors, single vectors, and a last partial vector. */
import { type Code, doWhile, i8x16, i32, ifElse, type Local, select, seq, v128, whileTrue } from './assembler.ts'

/** Where the constants stand in memory. */
export const BASE = i32.const(0)

/** Both high lanes of a vector, twice. */
export const HIGH_HALF = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15]

/**
 * Floats of a row whose terms are summed before the next ones are: a row's sum is the sum of its blocks' sums, in their
 * order, so that blocks may be summed by anyone. Whole groups of every length, and whole lines of the cache.
 */
export const BLOCK = 24 * 168

/** Vectors in an interleaved group: seven or more would spill registers. */
export const GROUP = 6

const advanced = (at: Local, bytes: number) => at.set(i32.add(at.get, i32.const(bytes)))

/**
 * Walks [at, end): whole groups of `count` vectors, then single vectors, then what is left of a vector.
 *
 * `group` and `single` see `at` at their first byte. The last, partial vector of 1 to 3 floats is given to `partial`.
 */
export function walk(at: Local, end: Local, steps: { group: Code; single: Code; partial?: Code }, count = GROUP): Code {
  const room = (bytes: number) => i32.le_u(i32.add(at.get, i32.const(bytes)), end.get)
  const advance = (bytes: number) => advanced(at, bytes)
  return seq(
    whileTrue(room(16 * count), steps.group, advance(16 * count)),
    whileTrue(room(16), steps.single, advance(16)),
    steps.partial ? ifElse(i32.lt_u(at.get, end.get), steps.partial) : [],
  )
}

/**
 * The same with one step for every vector that is left, whole or not, where two copies of a step would cost more than
 * the difference: it masks under `ifPartial` and stores by `storeLeft`. Groups end before `groupsEnd`.
 */
export const walkToEnd = (
  at: Local,
  end: Local,
  group: Code,
  left: Code,
  count = GROUP,
  groupsEnd: Code = end.get,
): Code =>
  seq(
    group.length === 0
      ? []
      : whileTrue(i32.le_u(i32.add(at.get, i32.const(16 * count)), groupsEnd), group, advanced(at, 16 * count)),
    whileTrue(i32.lt_u(at.get, end.get), left, advanced(at, 16)),
  )

/** Goes from `at` to `last` in blocks, at least one: `block` finds the end of each in `end`, and moves `at` there or beyond. */
export function blocks(at: Local, end: Local, last: Local, ...block: Code[]): Code {
  const whole = i32.const(4 * BLOCK)
  const left = i32.sub(last.get, at.get)
  return doWhile(
    i32.lt_u(at.get, last.get),
    end.set(select(last.get, i32.add(at.get, whole), i32.lt_u(left, whole))),
    ...block,
  )
}

/** Where the masks for partial vectors stand behind the constants: one vector for 0 … 3 kept lanes. */
export const MASKS_OFFSET = 64

/** The mask of the lanes in [at, end), as all ones, for 1 to 3 lanes. */
export const partialMask = (base: Code, at: Local, end: Local): Code =>
  // (end − at) is 4, 8 or 12 bytes: times 4 is the offset of its mask
  v128.load(i32.add(base, i32.shl(i32.sub(end.get, at.get), i32.const(2))), MASKS_OFFSET)

/** Code for where [at, end) holds less than a vector. */
export const ifPartial = (at: Local, end: Local, code: Code): Code =>
  ifElse(i32.lt_u(i32.sub(end.get, at.get), i32.const(16)), code)

/** Stores the lanes of a vector that are in [at, end) at `to`. */
export function storeLeft(to: Code, vector: Local, at: Local, end: Local): Code {
  const bytes = i32.sub(end.get, at.get)
  return ifElse(i32.ge_u(bytes, i32.const(16)), v128.store(to, 0, vector.get), storePartial(to, vector, bytes))
}

/** Stores the first 1 to 3 lanes of a vector at `to`; `count` is their bytes. */
export function storePartial(to: Code, vector: Local, bytes: Code): Code {
  return seq(
    ifElse(i32.and(bytes, i32.const(8)), v128.store64_lane(0, to, vector.get)),
    ifElse(
      i32.and(bytes, i32.const(4)),
      ifElse(
        i32.and(bytes, i32.const(8)),
        v128.store32_lane(2, to, vector.get, 8),
        v128.store32_lane(0, to, vector.get),
      ),
    ),
  )
}

/** The largest lane, NaN left aside, into the first lane of every lane. */
export function horizontal(vector: Local, combine: (a: Code, b: Code) => Code): Code {
  const lanes = (order: number[]) => order.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))
  return seq(
    vector.set(combine(vector.get, i8x16.shuffle(lanes([2, 3, 0, 1]), vector.get, vector.get))),
    vector.set(combine(vector.get, i8x16.shuffle(lanes([1, 0, 3, 2]), vector.get, vector.get))),
  )
}

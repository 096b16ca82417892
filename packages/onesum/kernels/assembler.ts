/**
 * A small WebAssembly assembler: instructions under the specification's own names, emitted in the order they stand.
 *
 * An instruction is a function from the code of its operands to code, so nested calls read as expressions while the
 * bytes stay exactly those of the stack machine. Nothing is reordered or removed: interleaving that is written down is
 * interleaving that the engine gets. A set and a get of one local, side by side, become the tee that they are.
 *
 * Source: WebAssembly Core Specification 2.0 and the relaxed SIMD proposal, binary format.
 */

/** Bytes of instructions. */
export type Code = readonly number[]

/** Value types. */
export const I32 = 0x7f
export const I64 = 0x7e
export const F32 = 0x7d
export const F64 = 0x7c
export const V128 = 0x7b
export type Type = typeof I32 | typeof I64 | typeof F32 | typeof F64 | typeof V128

/** Unsigned LEB128. */
export function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest & 127) | 128)
    rest >>>= 7
  }
  return [...bytes, rest]
}

/** Signed LEB128. */
function signed(value: bigint): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest < -64n || rest > 63n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  return [...bytes, Number(rest & 127n)]
}

const bytesOf = (array: ArrayBufferView): number[] => [
  ...new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
]

/** The local that code begins by getting, and that it ends by setting. */
const gets = new WeakMap<Code, Code>()
const sets = new WeakMap<Code, Code>()

/** Code after code. */
export function seq(...codes: Code[]): Code {
  const bytes: number[] = []
  let first: Code | undefined
  let last: Code | undefined
  for (const code of codes) {
    if (code.length === 0) continue
    const local = gets.get(code)
    first ??= bytes.length === 0 ? local : undefined
    if (local && local === last) {
      bytes.length -= local.length + 1
      bytes.push(0x22, ...local, ...code.slice(local.length + 1))
    } else for (const byte of code) bytes.push(byte)
    last = sets.get(code)
  }
  if (first) gets.set(bytes, first)
  if (last) sets.set(bytes, last)
  return bytes
}

const op =
  (...opcode: number[]) =>
  (...operands: Code[]): Code =>
    seq(...operands, opcode)

const simd = (number: number) => op(0xfd, ...unsigned(number))

/** A load, or (with a value) a store: address, value, byte offset. */
const access =
  (align: number, ...opcode: number[]) =>
  (address: Code, offset = 0, value: Code = []): Code =>
    seq(address, value, [...opcode, align, ...unsigned(offset)])

const simdAccess = (align: number, number: number) => access(align, 0xfd, ...unsigned(number))

const lane = (number: number) => {
  const opcode = [0xfd, ...unsigned(number)]
  return (index: number, ...operands: Code[]): Code => seq(...operands, [...opcode, index])
}

/** A load or store of one lane of a vector. */
const laneAccess =
  (align: number, number: number) =>
  (index: number, address: Code, vector: Code, offset = 0): Code =>
    seq(address, vector, [0xfd, ...unsigned(number), align, ...unsigned(offset), index])

/** Runs the body while the condition holds, tested before each turn. */
export const whileTrue = (condition: Code, ...body: Code[]): Code =>
  seq([0x02, 0x40, 0x03, 0x40], condition, [0x45, 0x0d, 1], ...body, [0x0c, 0, 0x0b, 0x0b])

/** Runs the body, and again while the condition holds, tested after each turn. */
export const doWhile = (condition: Code, ...body: Code[]): Code =>
  seq([0x03, 0x40], ...body, condition, [0x0d, 0, 0x0b])

/** One of two branches. */
export const ifElse = (condition: Code, then: Code, otherwise: Code = []): Code =>
  seq(condition, [0x04, 0x40], then, otherwise.length > 0 ? seq([0x05], otherwise) : [], [0x0b])

export const drop = op(0x1a)
export const select = op(0x1b)

export const i32 = {
  const: (value: number): Code => [0x41, ...signed(BigInt(value | 0))],
  load: access(2, 0x28),
  store: access(2, 0x36),
  eqz: op(0x45),
  eq: op(0x46),
  ne: op(0x47),
  lt_s: op(0x48),
  lt_u: op(0x49),
  gt_u: op(0x4b),
  le_u: op(0x4d),
  ge_s: op(0x4e),
  ge_u: op(0x4f),
  ctz: op(0x68),
  popcnt: op(0x69),
  add: op(0x6a),
  sub: op(0x6b),
  mul: op(0x6c),
  div_u: op(0x6e),
  and: op(0x71),
  or: op(0x72),
  xor: op(0x73),
  shl: op(0x74),
  shr_u: op(0x76),
  atomic_store: op(0xfe, 0x17, 2, 0),
  atomic_rmw_cmpxchg: op(0xfe, 0x48, 2, 0),
}

export const f32 = {
  const: (value: number): Code => [0x43, ...bytesOf(Float32Array.of(value))],
  load: access(2, 0x2a),
  store: access(2, 0x38),
  eq: op(0x5b),
  lt: op(0x5d),
  gt: op(0x5e),
  le: op(0x5f),
  abs: op(0x8b),
  nearest: op(0x90),
  add: op(0x92),
  sub: op(0x93),
  mul: op(0x94),
  div: op(0x95),
  max: op(0x97),
  demote_f64: op(0xb6),
}

export const f64 = {
  /** Promoted where float32 holds it: that is shorter, and engines fold it. */
  const: (value: number): Code =>
    Math.fround(value) === value ? f64.promote_f32(f32.const(value)) : [0x44, ...bytesOf(Float64Array.of(value))],
  load: access(3, 0x2b),
  store: access(3, 0x39),
  eq: op(0x61),
  lt: op(0x63),
  gt: op(0x64),
  abs: op(0x99),
  nearest: op(0x9e),
  add: op(0xa0),
  sub: op(0xa1),
  mul: op(0xa2),
  div: op(0xa3),
  promote_f32: op(0xbb),
  convert_i32_u: op(0xb8),
  convert_i32_s: op(0xb7),
  convert_i64_s: op(0xb9),
  reinterpret_i64: op(0xbf),
}

export const i64 = {
  const: (value: bigint): Code => [0x42, ...signed(value)],
  reinterpret_f64: op(0xbd),
  add: op(0x7c),
  sub: op(0x7d),
  and: op(0x83),
  shl: op(0x86),
  shr_s: op(0x87),
}

export const memory = {
  /** Destination, source, bytes. */
  copy: op(0xfc, 10, 0, 0),
  /** Address, byte, bytes. */
  fill: op(0xfc, 11, 0),
}

export const v128 = {
  load: simdAccess(4, 0),
  load16x4_u: simdAccess(3, 4),
  load32_splat: simdAccess(2, 9),
  load64_splat: simdAccess(3, 10),
  store: simdAccess(4, 11),
  load32_zero: simdAccess(2, 92),
  load64_zero: simdAccess(3, 93),
  load32_lane: laneAccess(2, 86),
  load64_lane: laneAccess(3, 87),
  store16_lane: laneAccess(1, 89),
  store32_lane: laneAccess(2, 90),
  store64_lane: laneAccess(3, 91),
  and: simd(78),
  andnot: simd(79),
  or: simd(80),
  xor: simd(81),
  bitselect: simd(82),
  any_true: simd(83),
}

export const i8x16 = {
  shuffle: (lanes: readonly number[], a: Code, b: Code): Code => seq(a, b, [0xfd, 13, ...lanes]),
  eq: simd(35),
}

export const i16x8 = {
  narrow_i32x4_u: simd(134),
  extend_low_i8x16_s: simd(135),
  extend_high_i8x16_s: simd(136),
}

export const i32x4 = {
  splat: simd(17),
  extract_lane: lane(27),
  eq: simd(55),
  lt_s: simd(57),
  gt_s: simd(59),
  bitmask: simd(164),
  extend_low_i16x8_s: simd(167),
  extend_high_i16x8_s: simd(168),
  shl: simd(171),
  shr_u: simd(173),
  add: simd(174),
  sub: simd(177),
  min_s: simd(182),
}

export const f32x4 = {
  splat: simd(19),
  extract_lane: lane(31),
  replace_lane: lane(32),
  eq: simd(65),
  ne: simd(66),
  lt: simd(67),
  gt: simd(68),
  le: simd(69),
  demote_f64x2_zero: simd(94),
  nearest: simd(106),
  abs: simd(224),
  sqrt: simd(227),
  add: simd(228),
  sub: simd(229),
  mul: simd(230),
  div: simd(231),
  max: simd(233),
  pmin: simd(234),
  pmax: simd(235),
  relaxed_madd: simd(0x105),
}

/** Lanes of 64 bits. */
export const i64x2 = {
  splat: simd(18),
  extract_lane: lane(29),
  shl: simd(203),
  shr_u: simd(205),
  sub: simd(209),
}

export const f64x2 = {
  splat: simd(20),
  extract_lane: lane(33),
  replace_lane: lane(34),
  eq: simd(71),
  lt: simd(73),
  gt: simd(74),
  promote_low_f32x4: simd(95),
  nearest: simd(148),
  abs: simd(236),
  sqrt: simd(239),
  add: simd(240),
  sub: simd(241),
  mul: simd(242),
  div: simd(243),
  pmax: simd(247),
  convert_low_i32x4_s: simd(254),
  relaxed_madd: simd(0x107),
}

/** A local variable of a function. */
export interface Local {
  readonly get: Code
  set(value: Code): Code
  tee(value: Code): Code
}

/** A function being written: parameters first, then locals as they are asked for. */
export class Func {
  readonly #locals: Type[] = []
  readonly #params: Type[] = []
  readonly #results: Type[]
  #body: Code = []
  readonly name: string
  /** Whether the module exports it. */
  exported: boolean
  /** Its place in the module, which calls name. */
  index = -1

  constructor(name: string, results: Type[] = [], exported = true) {
    this.name = name
    this.#results = results
    this.exported = exported
  }

  /** Calls the function; its module must list it before the caller. */
  call(...operands: Code[]): Code {
    if (this.index < 0) throw new Error(`${this.name} is called before it is placed in a module`)
    return seq(...operands, [0x10, ...unsigned(this.index)])
  }

  /** Adds a parameter; all parameters come before the first local. */
  param(type: Type): Local {
    this.#params.push(type)
    return this.#local(this.#params.length - 1)
  }

  /** Several parameters of one type. */
  params(type: Type, count: number): Local[] {
    return Array.from({ length: count }, () => this.param(type))
  }

  local(type: Type): Local {
    this.#locals.push(type)
    return this.#local(this.#params.length + this.#locals.length - 1)
  }

  /** Several locals of one type. */
  locals(type: Type, count: number): Local[] {
    return Array.from({ length: count }, () => this.local(type))
  }

  body(...codes: Code[]): this {
    this.#body = seq(...codes)
    return this
  }

  get signature(): Code {
    return [0x60, ...vector(this.#params.map((type) => [type])), ...vector(this.#results.map((type) => [type]))]
  }

  get code(): Code {
    const runs: { type: Type; count: number }[] = []
    for (const type of this.#locals) {
      const last = runs.at(-1)
      if (last?.type === type) last.count++
      else runs.push({ type, count: 1 })
    }
    const locals = vector(runs.map(({ type, count }) => [...unsigned(count), type]))
    return sized([...locals, ...this.#body, 0x0b])
  }

  #local(index: number): Local {
    const at = unsigned(index)
    const get = [0x20, ...at]
    gets.set(get, at)
    return {
      get,
      set(value) {
        const code = seq(value, [0x21, ...at])
        sets.set(code, at)
        return code
      },
      tee: (value) => seq(value, [0x22, ...at]),
    }
  }
}

const vector = (items: Code[]): number[] => [...unsigned(items.length), ...items.flat()]
const sized = (code: Code): number[] => [...unsigned(code.length), ...code]
const section = (id: number, items: Code[]): number[] => [id, ...sized(vector(items))]
const text = (word: string): number[] => sized([...new TextEncoder().encode(word)])

/** The address of the scratch that belongs to the instance alone: threads share the memory, not this. */
export const SCRATCH: Code = [0x23, 0]

/** Gives functions their places in a module, in order; those that are called come first. */
export function place<T extends Func>(index: number, func: T): T {
  func.index = index
  return func
}

/** The same function, exported by its module although others are made to call it. */
export function exported(func: Func): Func {
  func.exported = true
  return func
}

/** A module that imports `env.memory` and the address `env.scratch`, and exports functions by their names. */
export function assemble(functions: readonly Func[]): Uint8Array {
  const limits = [0, 1]
  const types = new Map(functions.map(({ signature }) => [String(signature), signature]))
  const exports = functions.map((f, index) => ({ f, index })).filter(({ f }) => f.exported)
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [...types.values()]),
    ...section(2, [
      [...text('env'), ...text('memory'), 2, ...limits],
      [...text('env'), ...text('scratch'), 3, I32, 0],
    ]),
    ...section(
      3,
      functions.map(({ signature }) => unsigned([...types.keys()].indexOf(String(signature)))),
    ),
    ...section(
      7,
      exports.map(({ f, index }) => [...text(f.name), 0, ...unsigned(index)]),
    ),
    ...section(
      10,
      functions.map(({ code }) => code),
    ),
  ])
}

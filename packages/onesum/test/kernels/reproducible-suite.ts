/**
 * A large suite of calls under `reproducible: true`, and one hash of all their bits per function. Its numbers come from
 * IEEE operations alone, so that every engine makes the same ones.
 */
import {
  allocate,
  crossEntropy,
  crossEntropyHvp,
  crossEntropyWithGrad,
  encodeFloat16,
  logSoftmax,
  logSoftmaxBackward,
  logSoftmaxHvp,
  logSoftmaxJvp,
  logSumExp,
  logSumExpBackward,
  logSumExpHvp,
  logSumExpJvp,
  release,
  softmax,
  softmaxBackward,
  softmaxHvp,
  softmaxJacobian,
  softmaxJvp,
} from '../../src/index.ts'
import { seeded } from '../support/random.ts'

export type Kind = 'number[]' | 'float64' | 'float32' | 'float16'
export type Numbers = number[] | Float64Array | Float32Array | Uint16Array

export interface Options {
  shape: number[]
  axis: number
  reproducible: true
  dtype?: 'float16'
  mask?: Uint8Array
  temperature?: number
}

/** What a function of the suite may use of a case. */
export interface Material {
  readonly x: Numbers
  readonly y: Numbers
  readonly logY: Numbers
  readonly gy: Numbers
  readonly v: Numbers
  readonly labels: Int32Array
  readonly weight: Float64Array
}

type Call = (m: Material, options: Options) => unknown

// the kinds of arrays are checked at run time; types would ask for one call per kind
const loosely = (f: unknown) => f as (...args: unknown[]) => unknown
const plain = ({ mask: _, temperature: __, ...options }: Options) => options
const masked = ({ temperature: _, ...options }: Options) => options

/** Functions that take `reproducible`. */
export const reproducibleCalls: Record<string, Call> = {
  softmax: ({ x }, options) => loosely(softmax)(x, options),
  softmaxBackward: ({ y, gy }, options) => loosely(softmaxBackward)(y, gy, options),
  softmaxJvp: ({ y, v }, options) => loosely(softmaxJvp)(y, v, options),
  softmaxHvp: ({ y, gy, v }, options) => loosely(softmaxHvp)(y, gy, v, options),
  softmaxJacobian: ({ y }, options) => (y.length > 3000 ? [] : loosely(softmaxJacobian)(y, options)),
  logSoftmax: ({ x }, options) => loosely(logSoftmax)(x, options),
  logSoftmaxBackward: ({ logY, gy }, options) => loosely(logSoftmaxBackward)(logY, gy, options),
  logSoftmaxJvp: ({ logY, v }, options) => loosely(logSoftmaxJvp)(logY, v, options),
  logSoftmaxHvp: ({ logY, gy, v }, options) => loosely(logSoftmaxHvp)(logY, gy, v, options),
  logSumExp: ({ x }, options) => loosely(logSumExp)(x, masked(options)),
  logSumExpBackward: ({ x }, options) => loosely(logSumExpBackward)(x, 0.7, masked(options)),
  logSumExpJvp: ({ x, v }, options) => loosely(logSumExpJvp)(x, v, masked(options)),
  logSumExpHvp: ({ x, v }, options) => loosely(logSumExpHvp)(x, 0.7, v, masked(options)),
  crossEntropy: ({ x, labels, weight }, options) => [
    loosely(crossEntropy)(x, labels, { ...plain(options), weight }),
    loosely(crossEntropy)(x, labels, { ...plain(options), labelSmoothing: 0.1, reduction: 'none' }),
  ],
  crossEntropyWithGrad: ({ x, labels, weight }, options) => [
    loosely(crossEntropyWithGrad)(x, labels, { ...plain(options), weight }),
    loosely(crossEntropyWithGrad)(x, labels, { ...plain(options), labelSmoothing: 0.1, reduction: 'none' }),
  ],
  crossEntropyHvp: ({ x, labels, v }, options) => loosely(crossEntropyHvp)(x, labels, v, plain(options)),
}

const LENGTHS = [1, 2, 3, 4, 5, 7, 8, 12, 15, 16, 17, 23, 24, 25, 48, 49, 63, 64, 65, 100, 257, 1000, 4097]
const LONG = [(1 << 15) + 1, (1 << 18) + 3]
const TEMPERATURES = [1, 0.7, 1, 1.3, 1e-30, 1e30, 1e-310]

/** About a normal deviate, of additions alone. */
function bell(uniform: () => number): number {
  let sum = -6
  for (let i = 0; i < 12; i++) sum += uniform()
  return sum
}

/** Every case of a kind: material and options. */
function casesOf(kind: Kind): readonly [Material, Options][] {
  const made = known.get(kind) ?? makeCases(kind)
  known.set(kind, made)
  return made
}

const known = new Map<Kind, readonly [Material, Options][]>()

function makeCases(kind: Kind): [Material, Options][] {
  const made: [Material, Options][] = []
  for (const length of LENGTHS) {
    for (const [outer, inner] of [
      [3, 1],
      [2, 3],
      [1, 50],
    ]) {
      if (length * inner < 20_000) made.push(makeCase(kind, outer, length, inner, made.length + 1))
    }
  }
  for (const length of LONG) made.push(makeCase(kind, 1, length, 1, made.length + 1))
  return made
}

function makeCase(kind: Kind, outer: number, length: number, inner: number, seed: number): [Material, Options] {
  const uniform = seeded(seed)
  const size = outer * length * inner
  const spread = [1, 5, 30, 100][seed % 4]
  const numbers = (scale: number, map = (v: number) => v) => {
    const values = new Float64Array(size)
    for (let i = 0; i < size; i++) values[i] = map(scale * bell(uniform))
    return ofKind(kind, values)
  }
  const x = numbers(spread)
  const special = kind === 'float16' ? [0xfc00, 0x7e00, 0x7c00] : [-Infinity, NaN, Infinity]
  if (seed % 5 === 0) for (let i = 0; i < size; i += 1 + Math.floor(40 * uniform())) x[i] = special[0]
  if (seed % 7 === 0) x[Math.floor(size * uniform())] = special[1 + (seed % 2)]
  const mask = Uint8Array.from({ length: size }, () => (uniform() < 0.2 ? 0 : 1))
  const material = {
    x,
    y: numbers(1 / length, Math.abs),
    logY: numbers(3, (v) => -Math.abs(v) - 0.1),
    gy: numbers(1),
    v: numbers(1),
    labels: Int32Array.from({ length: outer * inner }, (_, r) => (r % 5 === 2 ? -100 : Math.floor(length * uniform()))),
    weight: Float64Array.from({ length }, () => uniform() + 0.1),
  }
  const options: Options = { shape: [outer, length, inner], axis: 1, reproducible: true }
  if (inner === 1) Object.assign(options, { shape: [outer, length], axis: -1 })
  if (kind === 'float16') options.dtype = 'float16'
  if (seed % 3 === 0) options.mask = mask
  const temperature = TEMPERATURES[seed % TEMPERATURES.length]
  if (temperature !== 1) options.temperature = temperature
  return [material, options]
}

function ofKind(kind: Kind, values: Float64Array): Numbers {
  if (kind === 'number[]') return Array.from(values)
  if (kind === 'float64') return values
  return kind === 'float32' ? Float32Array.from(values) : encodeFloat16(values)
}

/** The arrays of a case in the kernels' memory, for one call. */
function inside<T>(material: Material, call: (copies: Material) => T): T {
  const given: ArrayBufferView[] = []
  const copy = (array: Numbers): Numbers => {
    if (Array.isArray(array) || array instanceof Uint16Array) return array
    const own = array instanceof Float32Array ? allocate('float32', array.length) : allocate('float64', array.length)
    own.set(array)
    given.push(own)
    return own
  }
  const { x, y, logY, gy, v, ...rest } = material
  try {
    return call({ ...rest, x: copy(x), y: copy(y), logY: copy(logY), gy: copy(gy), v: copy(v) })
  } finally {
    for (const array of given) release(array)
  }
}

/** One hash of the bits of every result of one function over numbers of some kinds. */
export function hashOf(name: string, kinds: readonly Kind[], memory: 'copied' | 'zero copy'): string {
  const hash = new Hash()
  for (const kind of kinds) {
    for (const [material, options] of casesOf(kind)) {
      const call = (m: Material) => hash.add(reproducibleCalls[name](m, options))
      if (memory === 'copied') call(material)
      else inside(material, call)
    }
  }
  return hash.text
}

const CANONICAL = { float16: 0x7e00, float32: 0x7fc00000, float64: 0x7ff80000 }

/** FNV-1a over words, twice with different primes; all NaN are one. */
class Hash {
  #a = 0x811c9dc5
  #b = 0x2545f491

  get text(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
  }

  /** A number, an array of numbers, or an object or array of such. */
  add(value: unknown): void {
    if (typeof value === 'number') this.#doubles(Float64Array.of(value))
    else if (value instanceof Float32Array) this.#singles(value)
    else if (value instanceof Float64Array) this.#doubles(value)
    else if (value instanceof Uint16Array)
      for (const bits of value) this.#word(isHalfNaN(bits) ? CANONICAL.float16 : bits)
    else if (Array.isArray(value) && value.every((v) => typeof v === 'number')) this.#doubles(Float64Array.from(value))
    else for (const part of Object.values(value as object)) this.add(part)
  }

  #singles(values: Float32Array): void {
    const words = new Int32Array(values.buffer, values.byteOffset, values.length)
    for (let i = 0; i < words.length; i++) this.#word(Number.isNaN(values[i]) ? CANONICAL.float32 : words[i])
  }

  #doubles(values: Float64Array): void {
    const words = new Int32Array(values.buffer, values.byteOffset, 2 * values.length)
    for (let i = 0; i < values.length; i++) {
      const nan = Number.isNaN(values[i])
      this.#word(nan ? 0 : words[2 * i])
      this.#word(nan ? CANONICAL.float64 : words[2 * i + 1])
    }
  }

  #word(word: number): void {
    this.#a = Math.imul(this.#a ^ word, 0x01000193)
    this.#a ^= this.#a >>> 15
    this.#b = Math.imul(this.#b ^ word, 0x85ebca6b)
    this.#b ^= this.#b >>> 13
  }
}

const isHalfNaN = (bits: number) => (bits & 0x7fff) > 0x7c00

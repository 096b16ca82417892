/**
 * The WebAssembly engine: which variant of the kernels this place can run, their memory, and their instances.
 *
 * Nothing happens at import. The first call that asks decides, once: relaxed SIMD where the engine validates it and
 * multiply-add rounds once, else strict SIMD, else nothing.
 */
import { constants } from './code/constants.ts'
import { relaxed as relaxedProbe, strict as strictProbe } from './code/probe.ts'
import { Heap } from './heap.ts'
import type { Pool } from './pool.ts'

/** Kernels that fuse multiply and add, or do not. */
export type Variant = 'relaxed' | 'strict'

/** The embedded modules of one family of kernels, as hexadecimal digits, and their instances. */
export interface Family {
  readonly code: Readonly<Record<Variant, string>>
  /** Those of the engine that asked last. */
  loaded: Loaded | undefined
}

/** A family's instances, made at first use, for the engine that `of` names. */
interface Loaded {
  readonly of: Engine
  readonly exports: Map<Variant, Exports | undefined>
}

/** The families that this program may use. */
const families: Family[] = []

/** A family of kernels that is not loaded yet. */
export function family(code: Readonly<Record<Variant, string>>): Family {
  const fresh: Family = { code, loaded: undefined }
  families.push(fresh)
  return fresh
}

/** An exported kernel. */
export type Exports = Readonly<Record<string, (...args: number[]) => number>>

/** What a place can run, and why. */
export interface Runtime {
  /** `wasm-relaxed-simd`, `wasm-simd` or `js`. */
  readonly kernels: 'wasm-relaxed-simd' | 'wasm-simd' | 'js'
  readonly reason: string
  /** How many threads take a share of large calls, the calling one included: 1 without `onesum/threads`. */
  readonly threads: number
}

/** The kernels' scratch: constants lie below, the staging slots above. */
export const SCRATCH = 1 << 12

/** Small tables that go with a call lie here, up to the staging slots. */
export const TABLES = 1 << 14

/** Staging slots begin here. */
export const STAGE = 1 << 16

/** Four staging slots, and floats in each. */
const SLOTS = 4
export const SLOT_FLOATS = 1 << 17

/** Pages of 64 KiB: what constants, scratch and staging need, and the most that the heap may make of it. */
const FIRST = Math.ceil((STAGE + 4 * SLOTS * (SLOT_FLOATS + 16)) / (1 << 16)) + 1
const LARGEST = 1 << 14

/**
 * The memory that all kernels share.
 *
 * It begins with what staging needs, and grows once, to all it may ever have, when the heap is first asked for: before
 * that nobody but the engine holds a view, which growing would detach. (Reserving it all at the first call would bring
 * on a garbage collection.)
 */
export class Engine {
  readonly variant: Variant
  /** A WebAssembly.Memory, by a type that every library knows. */
  readonly memory: { readonly buffer: ArrayBufferLike; grow(pages: number): number }
  /** Threads that share the memory. */
  readonly pool: Pool | undefined
  readonly loaded = new Map<Family, Loaded>()
  /** All of the memory, and its views by kinds of numbers; others after the heap was first asked for. */
  buffer!: ArrayBufferLike
  floats!: Float32Array
  ints!: Int32Array
  doubles!: Float64Array
  #heap: Heap | undefined

  constructor(variant: Variant, memory: Engine['memory'], pool?: Pool) {
    this.variant = variant
    this.memory = memory
    this.pool = pool
    new Uint8Array(memory.buffer).set(decode(constants))
    this.#view()
  }

  /** The memory that is not taken by staging. */
  get heap(): Heap {
    if (!this.#heap) {
      const start = this.buffer.byteLength
      this.#grow()
      this.#heap = new Heap(start, this.buffer.byteLength)
    }
    return this.#heap
  }

  /** To the largest size that the engine gives, halving from 1 GiB. */
  #grow(): void {
    for (let pages = LARGEST; pages > FIRST; pages /= 2) {
      try {
        this.memory.grow(pages - FIRST)
        break
      } catch {}
    }
    this.#view()
  }

  #view(): void {
    this.buffer = this.memory.buffer
    this.floats = new Float32Array(this.buffer)
    this.ints = new Int32Array(this.buffer)
    this.doubles = new Float64Array(this.buffer)
  }
}

interface State {
  engine: Engine | undefined
  /** The engine whose memory threads share, once they were started. */
  shared?: Engine
  /** Whether it is the one that new arrays lie in. */
  lending?: boolean
  runtime: Omit<Runtime, 'threads'>
  pending: Promise<unknown>[]
}

let state: State | undefined
let limit: Variant | 'js' | undefined

/** @internal Starts anew, with nothing better than the given variant: tests run on each. */
export function limitKernels(to: Variant | 'js' | undefined): void {
  limit = to
  state = undefined
}

/** The engine, made at first use; undefined where kernels cannot run. */
export function engine(): Engine | undefined {
  state ??= start()
  return state.engine
}

/** The engine in whose memory new arrays lie. */
export function lendingEngine(): Engine | undefined {
  const own = engine()
  return state?.lending ? state.shared : own
}

/** The engine whose memory threads share, whether or not they run; undefined where they never did. */
export function sharedEngine(): Engine | undefined {
  return state?.shared
}

/** From now on arrays may lie in the memory of `other`, too; new ones do, as long as it is `lending`. */
export function shareEngine(other: Engine, lending: boolean): void {
  state ??= start()
  state.shared = other
  state.lending = lending
}

/** Which kernels run here, and why. */
export function currentRuntime(): Runtime {
  state ??= start()
  const pool = state.lending ? state.shared?.pool : undefined
  return { ...state.runtime, threads: 1 + (pool?.size ?? 0) }
}

/** Waits until every family compiles at once, or is compiled. */
export async function settled(): Promise<Runtime> {
  const runtime = currentRuntime()
  const running = engine()
  // where one compiles at once there is nothing to wait for
  if (running) families.every((each) => instance(each, running, running.variant) === undefined)
  while (state && state.pending.length > 0) await Promise.all(state.pending.splice(0))
  return runtime
}

/** The exports of a family in a variant; undefined where the engine will not have it, or not yet. */
export function instance(family: Family, running: Engine, variant: Variant): Exports | undefined {
  if (family.loaded?.of !== running) {
    family.loaded = running.loaded.get(family) ?? { of: running, exports: new Map() }
    running.loaded.set(family, family.loaded)
  }
  const { exports } = family.loaded
  if (!exports.has(variant)) {
    exports.set(
      variant,
      instantiate(family.code[variant], running, (later) => exports.set(variant, later)),
    )
  }
  return exports.get(variant)
}

function start(): State {
  const fallback = (reason: string): State => ({
    engine: undefined,
    runtime: { kernels: 'js', reason },
    pending: [],
  })
  if (limit === 'js') return fallback('the JS path was asked for')
  if (typeof WebAssembly !== 'object') return fallback('this engine has no WebAssembly')
  if (!WebAssembly.validate(decode(strictProbe))) return fallback('this engine has no WebAssembly SIMD')
  try {
    // compiling anything shows whether a policy forbids it
    new WebAssembly.Module(decode(strictProbe))
  } catch (error) {
    return fallback(`compiling WebAssembly is forbidden here (${(error as Error).message})`)
  }
  const memory = createMemory(false)
  if (!memory) return fallback('this engine gives WebAssembly no memory')
  const fused = limit === 'strict' ? false : fuses(memory)
  return {
    engine: new Engine(fused ? 'relaxed' : 'strict', memory),
    runtime: fused
      ? { kernels: 'wasm-relaxed-simd', reason: 'this engine has relaxed SIMD, and its multiply-add rounds once' }
      : {
          kernels: 'wasm-simd',
          reason: `this engine has SIMD; ${fused === undefined ? 'relaxed SIMD it has not' : 'its relaxed multiply-add rounds twice'}`,
        },
    pending: [],
  }
}

/** Whether the relaxed multiply-add rounds once; undefined where there is none. */
function fuses(memory: WebAssembly.Memory): boolean | undefined {
  const bytes = decode(relaxedProbe)
  if (!WebAssembly.validate(bytes)) return undefined
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, scratch: SCRATCH } })
  return (exports as unknown as Exports).fuses() === 1
}

/**
 * What staging needs, with leave to grow: as much of it as the engine gives.
 *
 * @internal
 */
export function createMemory(shared: boolean): WebAssembly.Memory | undefined {
  for (let maximum = LARGEST; maximum >= FIRST; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: FIRST, maximum, shared })
    } catch {}
  }
  return undefined
}

/** Compiles at once where that is allowed, else in the background: the JS path answers until it is done. */
function instantiate(code: string, { memory, pool }: Engine, done: (exports: Exports) => void): Exports | undefined {
  const bytes = pool ? pool.module(decode(code)) : decode(code)
  const imports = { env: { memory: memory as WebAssembly.Memory, scratch: SCRATCH } }
  try {
    return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports as unknown as Exports
  } catch {
    const later = WebAssembly.instantiate(bytes, imports).then(
      ({ instance }) => done(instance.exports as unknown as Exports),
      () => undefined,
    )
    state?.pending.push(later)
    return undefined
  }
}

/** Embedded bytes, four at a time: this runs before anything is compiled. */
export function decode(digits: string): Uint8Array<ArrayBuffer> {
  const words = new DataView(new ArrayBuffer(Math.ceil(digits.length / 8) * 4))
  const padded = digits.padEnd(2 * words.byteLength, '0')
  for (let at = 0; at < words.byteLength; at += 4) {
    words.setUint32(at, Number.parseInt(padded.slice(2 * at, 2 * at + 8), 16))
  }
  return new Uint8Array(words.buffer, 0, digits.length / 2)
}

/**
 * The engines of this thread: its own, and the one whose memory it shares with others.
 *
 * Nothing happens at import. The first call that asks decides, once, what this place can run: relaxed SIMD where the engine
 * validates it and multiply-add rounds once, else strict SIMD, else nothing.
 */
import { relaxed as relaxedProbe, strict as strictProbe } from './code/probe.ts'
import { createMemory, Engine, SCRATCH } from './engine.ts'
import { decode, type Exports, type Variant } from './family.ts'
import { compiled } from './instances.ts'

/** What a place can run, and why. */
export interface Runtime {
  /** `wasm-relaxed-simd`, `wasm-simd` or `js`. */
  readonly kernels: 'wasm-relaxed-simd' | 'wasm-simd' | 'js'
  readonly reason: string
  /** How many threads take a share of large calls, the calling one included: 1 without `onesum/threads`. */
  readonly threads: number
}

interface State {
  engine: Engine | undefined
  /** The engine whose memory threads share, once they were started. */
  shared?: Engine
  /** Whether it is the one that new arrays lie in. */
  lending?: boolean
  runtime: Omit<Runtime, 'threads'>
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

/** Waits until kernels answer, where they can. */
export async function settled(): Promise<Runtime> {
  const runtime = currentRuntime()
  const running = engine()
  if (running) await compiled(running)
  return runtime
}

function start(): State {
  const fallback = (reason: string): State => ({ engine: undefined, runtime: { kernels: 'js', reason } })
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
  }
}

/** Whether the relaxed multiply-add rounds once; undefined where there is none. */
function fuses(memory: WebAssembly.Memory): boolean | undefined {
  const bytes = decode(relaxedProbe)
  if (!WebAssembly.validate(bytes)) return undefined
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, scratch: SCRATCH } })
  return (exports as unknown as Exports).fuses() === 1
}

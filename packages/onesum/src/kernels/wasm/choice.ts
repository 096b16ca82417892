/** Which engine takes float32 and float16 rows, and by which kernels, if they are worth a call. */
import { wrongKind } from '../../check.ts'
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import type { Engine } from './engine.ts'
import { currentRuntime, engine, sharedEngine } from './engines.ts'
import type { Exports, Family } from './family.ts'
import { instance } from './instances.ts'

/** Fewer entries than this are done sooner by the JS path than they are copied, or than a kernel is called at all. */
const LEAST = 40
const LEAST_NEAR = 24

/** What these kernels take: float32, or float16 bits. */
type Small = Float32Array | Uint16Array

/** The kernels of a family for these rows; undefined where they are not for them. */
export function kernelsFor(family: Family, rows: Rows, output: Elements | undefined): Exports | undefined {
  const { inputs, reproducible } = rows
  const size = rows.count * rows.length
  if (size < LEAST_NEAR && !reproducible) return undefined
  if (output && !isSmall(output)) return undefined
  const running = engineFor(rows, output)
  let near = !output || inMemory(running, output)
  for (const input of inputs) {
    if (!isSmall(input)) return undefined
    near &&= inMemory(running, input)
  }
  if (!running) return undefined
  if (reproducible) {
    const kernels = instance(family, running, 'strict')
    if (!kernels) throw notReproducible(rows, 'kernels that still compile (await ready() first)')
    return kernels
  }
  if (size < LEAST && !near) return undefined
  return instance(family, running, running.variant)
}

/**
 * The engine for these arrays: the threads' for what lies in their memory, else this thread's own. Engines copy into and
 * out of shared memory at a fourth of their speed, which costs more than a second thread would gain.
 */
export function engineFor({ inputs }: Rows, output: Elements | undefined): Engine | undefined {
  const shared = sharedEngine()
  if (!shared) return engine()
  const near = (output && inMemory(shared, output)) || inputs.some((input) => inMemory(shared, input))
  return near ? shared : engine()
}

/** Whether an array lies in an engine's memory, as kernels take it. */
export function inMemory(running: Engine | undefined, array: Elements): array is Float32Array {
  return array instanceof Float32Array && array.buffer === running?.buffer
}

function isSmall(array: Elements): array is Small {
  return array instanceof Float32Array || array instanceof Uint16Array
}

/** Float32 and float16 have one reproducible path, strict SIMD: without it there is none. */
export function checkReproducible(rows: Rows): void {
  if (isSmall(rows.inputs[0]) && !engine()) throw notReproducible(rows, `none (${currentRuntime().reason})`)
}

/** Why there may be no reproducible answer although there are kernels. */
export const FULL = 'no room in its memory (release arrays no longer needed)'

export function notReproducible({ where }: Rows, got: string): TypeError {
  return wrongKind(where, 'reproducible', 'WebAssembly SIMD for float32 and float16', got, 'use float64')
}

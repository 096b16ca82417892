/** Modules of kernels on the board, whose bytes all threads compile for themselves. */
import type { Engine } from '../kernels/wasm/engine.ts'
import { decode, type Exports, type Family, type Variant } from '../kernels/wasm/family.ts'
import { instance } from '../kernels/wasm/instances.ts'
import { BOARD, MAX_MODULES } from './board.ts'
import { withSharedMemory } from './shared-import.ts'

/** A module on the board: its number, its functions here, and their names in their order. */
export interface Module {
  readonly number: number
  readonly exports: Exports
  readonly names: readonly string[]
}

/** What stands on the board so far. */
export class Modules {
  readonly #engine: Engine
  readonly #places: number
  readonly #known = { strict: new Map<Family, Module>(), relaxed: new Map<Family, Module>() }

  constructor(engine: Engine, board: number) {
    this.#engine = engine
    this.#places = (board + BOARD.modules) / 4
  }

  /** A family's module, whose bytes are put in memory at first use; undefined where there is no room. */
  of(family: Family, variant: Variant): Module | undefined {
    const known = this.#known[variant].get(family)
    if (known) return known
    const { ints, heap, buffer } = this.#engine
    const exports = instance(family, this.#engine, variant)
    const number = this.#known.strict.size + this.#known.relaxed.size
    const bytes = withSharedMemory(decode(family.code[variant]))
    const at = exports && number < MAX_MODULES ? heap.allocate(bytes.length) : undefined
    if (!exports || at === undefined) return undefined
    new Uint8Array(buffer).set(bytes, at)
    const place = this.#places + 2 * number
    ints[place] = at
    ints[place + 1] = bytes.length
    const module = { number, exports, names: Object.keys(exports) }
    this.#known[variant].set(family, module)
    return module
  }
}

/** The pass over exponentials that all kernels share, in a module of its own: what it stores before anything is scaled. */
import { assemble, F32, F64, Func, I32, place } from '../../kernels/assembler.ts'
import { constants } from '../../kernels/memory.ts'
import { exponentials } from '../../kernels/passes.ts'

/** Room for so many floats in and out. */
export const ROOM = 1 << 16

const SCRATCH = 1 << 12
const INPUT = 1 << 16
const OUTPUT = INPUT + 4 * ROOM + 64

/** exp(x) · 2^-N with N = nearest(max · log2 e), for the first `count` of `input`. */
export interface Exponentials {
  readonly input: Int32Array
  readonly output: Float32Array
  readonly outputBits: Int32Array
  run(count: number, max: number): void
}

export function makeExponentials(fma: boolean): Exponentials {
  const pass = place(0, exponentials(fma, { store: true, log: false }))
  const outer = new Func('run', [F64])
  const params = [I32, I32, I32, F32, F64, I32].map((type) => outer.param(type as typeof I32))
  outer.body(pass.call(...params.map((param) => param.get)))
  const memory = new WebAssembly.Memory({ initial: 16, maximum: 16 })
  new Uint8Array(memory.buffer).set(constants())
  const module = new WebAssembly.Module(Uint8Array.from(assemble([pass, place(1, outer)])))
  const { run } = new WebAssembly.Instance(module, { env: { memory, scratch: SCRATCH } }).exports
  const call = run as (...args: number[]) => number
  return {
    input: new Int32Array(memory.buffer, INPUT, ROOM),
    output: new Float32Array(memory.buffer, OUTPUT, ROOM),
    outputBits: new Int32Array(memory.buffer, OUTPUT, ROOM),
    run: (count, max) => {
      call(INPUT, OUTPUT, 4 * count, max, Math.LOG2E, 1)
    },
  }
}

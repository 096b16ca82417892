/** Arrays in the kernels' memory, on which kernels work without copying. */
import { readInteger, show, wrongKind, wrongValue } from '../check.ts'
import { freshArray } from '../rows/open.ts'
import type { Dtype, Half } from '../rows/types.ts'
import { engine, lendingEngine, sharedEngine } from './wasm/engines.ts'

/** The array that `allocate` gives for a precision. */
export type Allocated<D extends Dtype> = D extends 'float32'
  ? Float32Array<ArrayBuffer>
  : D extends 'float64'
    ? Float64Array<ArrayBuffer>
    : [Half] extends [never]
      ? Uint16Array<ArrayBuffer>
      : Half

type Maker = new (buffer: ArrayBufferLike, offset: number, length: number) => object

const KINDS: Record<Dtype, { bytes: number; form: 'Float32Array' | 'Float64Array' | 'Float16Array' | 'Uint16Array' }> =
  {
    float32: { bytes: 4, form: 'Float32Array' },
    float64: { bytes: 8, form: 'Float64Array' },
    float16: { bytes: 2, form: 'Float16Array' in globalThis ? 'Float16Array' : 'Uint16Array' },
  }

/** What was given out where there are no kernels. */
const ordinary = /* @__PURE__ */ new WeakSet<ArrayBufferView>()

/**
 * An array in the kernels' memory, full of zeros: functions read and write it in place, where other arrays are copied.
 *
 * It lives until `release`; the garbage collector does not know it. Where there are no kernels it is an ordinary array;
 * while threads run (`onesum/threads`) its buffer is a SharedArrayBuffer.
 *
 * @param dtype `'float32'`, `'float64'`, or `'float16'` (a Float16Array where the engine has it, else bits in a
 *   Uint16Array)
 * @param length how many numbers
 * @throws RangeError where the memory is full
 * @example
 * import { allocate, release, softmax } from 'onesum'
 *
 * const x = allocate('float32', 2)
 * softmax(x, { out: x }) // → [0.5, 0.5]
 * release(x)
 */
export function allocate<D extends Dtype>(dtype: D, length: number): Allocated<D> {
  const where = 'allocate'
  if (!Object.hasOwn(KINDS, dtype)) {
    const wrong = typeof dtype === 'string' ? wrongValue : wrongKind
    throw wrong(where, 'dtype', "'float16', 'float32' or 'float64'", show(dtype))
  }
  const kind = KINDS[dtype]
  readInteger(where, 'length', length, undefined, 0, 2 ** 32)
  const running = lendingEngine()
  if (!running) {
    const array = freshArray(kind.form, length).array as Allocated<D>
    ordinary.add(array)
    return array
  }
  const at = running.heap.allocate(kind.bytes * length)
  if (at === undefined) {
    throw wrongValue(
      where,
      'length',
      'room in the kernels’ memory',
      `${length} numbers`,
      'release arrays no longer needed',
    )
  }
  const make = (globalThis as unknown as Record<string, Maker>)[kind.form]
  new Uint8Array(running.buffer, at, kind.bytes * length).fill(0)
  return new make(running.buffer, at, length) as Allocated<D>
}

/**
 * Gives an array of `allocate` back; it must not be used afterwards.
 *
 * @throws TypeError for what is no array of numbers, RangeError for an array that is not, or no longer, allocated
 * @example
 * import { allocate, release } from 'onesum'
 *
 * const x = allocate('float64', 1000)
 * release(x)
 * x.length // → 1000
 */
export function release(array: ArrayBufferView): void {
  const where = 'release'
  if (!ArrayBuffer.isView(array)) throw wrongKind(where, 'array', 'an array that allocate gave', show(array))
  if (ordinary.delete(array)) return
  const shared = sharedEngine()
  const running = array.buffer === shared?.buffer ? shared : engine()
  if (array.buffer !== running?.buffer || !running.heap.release(array.byteOffset)) {
    throw wrongValue(where, 'array', 'an array that allocate gave, once', `${show(array)} that is not allocated`)
  }
}

import { decodeFloat16, encodeFloat16 } from 'onesum'
import type { Dtype, Values } from './types.ts'

const PIECE = 2 ** 16

/** The element type that values in memory have; plain numbers are float64. */
function dtypeOf(values: Values | readonly number[]): Dtype {
  if (values instanceof Uint16Array) return 'float16'
  return values instanceof Float32Array ? 'float32' : 'float64'
}

/** Values as another element type, each rounded once to nearest even, in pieces that bound the memory. */
export function* castPieces(values: Values | readonly number[], dtype: Dtype): Generator<Values> {
  if (!Array.isArray(values) && dtypeOf(values) === dtype) {
    yield values as Values
    return
  }
  for (let start = 0; start < values.length; start += PIECE) {
    yield cast(values.slice(start, start + PIECE), dtype)
  }
}

function cast(values: Values | readonly number[], dtype: Dtype): Values {
  const numbers = values instanceof Uint16Array ? decodeFloat16(values) : values
  if (dtype === 'float16') return encodeFloat16(numbers)
  return dtype === 'float32' ? Float32Array.from(numbers) : Float64Array.from(numbers)
}

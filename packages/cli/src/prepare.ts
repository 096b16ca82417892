import { InputError, type Values } from '@onesum/io'
import { decodeFloat16 } from 'onesum'
import type { From } from './options.ts'

export type Numbers = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>

/** What was read as numbers; float16 bits are decoded, exactly. */
export function numbersOf(values: Values): Numbers {
  return values instanceof Uint16Array ? decodeFloat16(values) : values
}

/** Rounding to a short type may push a probability past 1. */
const roundingSlack = 1e-3

/** Logits of what was read: probabilities p become log p, whose softmax is p again. */
export function logitsOf(values: Values, from: From, name: string, offset: number, columns: number): Numbers {
  const numbers = numbersOf(values)
  if (from === 'logits') return numbers
  const logits = new Float64Array(numbers.length)
  for (let i = 0; i < logits.length; i++) {
    const p = numbers[i]
    // NaN passes: it makes its row NaN and is reported as such
    if (p < 0 || p > 1 + roundingSlack) {
      const at = offset + i
      const place = `row ${Math.floor(at / columns)}, column ${at % columns}`
      throw new InputError(`${name}: ${place}: ${p} is not a probability; for logits leave out --from probabilities`)
    }
    logits[i] = Math.log(p)
  }
  return logits
}

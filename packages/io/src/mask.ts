import { InputError, show } from './errors.ts'
import { parseNumber } from './numbers.ts'
import type { FieldKind } from './table-read.ts'
import type { LogitsReader, MaskReader } from './types.ts'

const EXPECTED = '0 (leave out) or 1 (keep)'
const ADDITIVE = 'an additive mask (0 and -Infinity) is not one of these: its entries that are 0 are the ones to keep'

/** The entries of a mask in text; JSON has true and false as well. */
export const FLAGS: FieldKind = {
  key: 'mask',
  expected: EXPECTED,
  remedy: ADDITIVE,
  parse(field) {
    if (typeof field === 'boolean') return Number(field)
    const value = typeof field === 'string' ? parseNumber(field) : field
    return value === 0 || value === 1 ? value : undefined
  },
}

/** Floats that are all 0 and 1 may still be meant additively, where 0 keeps: refuses to guess. */
export function floatMask(file: string, typeName: string): InputError {
  return new InputError(
    `${file}: dtype ${typeName} cannot be a mask; expected booleans or integers, ${EXPECTED}: ` +
      `np.save(file, a.astype(bool)); ${ADDITIVE}: np.save(file, a == 0)`,
  )
}

export function notAFlag(file: string, row: number, column: number, value: unknown): InputError {
  return new InputError(`${file}: row ${row}, column ${column}: expected ${EXPECTED}, got ${show(value)}; ${ADDITIVE}`)
}

/** A table of FLAGS as a mask. */
export function tableMask(table: LogitsReader): MaskReader {
  async function* flags(): AsyncGenerator<Uint8Array> {
    for await (const { values } of table.batches()) yield Uint8Array.from(values)
  }
  return flagReader(table.shape, flags(), () => table.close())
}

/** Hands out flags in the numbers that are asked for. */
export function flagReader(
  shape: MaskReader['shape'],
  flags: AsyncGenerator<Uint8Array>,
  close: () => Promise<void>,
): MaskReader {
  let rest: Uint8Array = new Uint8Array(0)
  return {
    shape,
    async next(count) {
      const result = new Uint8Array(count)
      let filled = 0
      while (filled < count) {
        if (rest.length === 0) {
          const next = await flags.next()
          if (next.done) break
          rest = next.value
        }
        const taken = rest.subarray(0, count - filled)
        result.set(taken, filled)
        filled += taken.length
        rest = rest.subarray(taken.length)
      }
      return result.subarray(0, filled)
    },
    async close() {
      await flags.return(undefined)
      await close()
    },
  }
}

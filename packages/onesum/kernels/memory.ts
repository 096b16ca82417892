/** The start of the kernels' memory: constants, masks of partial vectors, cells for results, scratch. */
import { DOUBLE_CONSTANTS, DOUBLE_OFFSET } from './doubles.ts'
import { CONSTANTS, FINE_CONSTANTS, FINE_OFFSET, WIDE_CONSTANTS, WIDE_OFFSET } from './exp.ts'
import { MOMENT_CONSTANTS, MOMENT_OFFSET } from './moments.ts'
import { MASKS_OFFSET } from './rows.ts'

/** The first bytes of memory, as every instance must find them. */
export function constants(): Uint8Array {
  const bytes = new Uint8Array(DOUBLE_OFFSET + DOUBLE_CONSTANTS.byteLength)
  bytes.set(new Uint8Array(CONSTANTS.buffer))
  bytes.set(new Uint8Array(WIDE_CONSTANTS.buffer), WIDE_OFFSET)
  bytes.set(new Uint8Array(FINE_CONSTANTS.buffer), FINE_OFFSET)
  bytes.set(new Uint8Array(MOMENT_CONSTANTS.buffer), MOMENT_OFFSET)
  bytes.set(new Uint8Array(DOUBLE_CONSTANTS.buffer), DOUBLE_OFFSET)
  // for 1 to 3 lanes: that many lanes of ones
  for (let count = 1; count < 4; count++) bytes.fill(255, MASKS_OFFSET + 16 * count, MASKS_OFFSET + 20 * count)
  return bytes
}

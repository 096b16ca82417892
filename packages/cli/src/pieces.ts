import { InputError, type LogitsReader, type Values } from '@onesum/io'

/** Elements held in memory at once: a block of more than these takes two passes. */
export const heldElements = 2 ** 22

/** A contiguous range of the array in C order that holds whole blocks; `values` is valid until the next is asked for. */
export interface Piece {
  values: Values
  /** Index of the first element in the whole array. */
  offset: number
  /** Bytes of the file read so far. */
  position: number
  labels?: (number | string)[]
}

/**
 * The array as pieces of whole blocks, in order. A block is the smallest range that holds every element which a row's
 * softmax needs: a row for the last axis, more for an axis further left. A piece has an eighth of what may be `held`,
 * or one block when that is larger.
 */
export async function* pieces(reader: LogitsReader, block: number, held = heldElements): AsyncGenerator<Piece> {
  if (reader.chunks !== undefined && block > 0) {
    yield* reader.chunks(block * Math.max(1, Math.floor(held / 8 / block)))
    return
  }
  let offset = 0
  for await (const batch of reader.batches()) {
    yield { values: batch.values, offset, position: batch.position, labels: batch.labels }
    offset += batch.values.length
  }
}

/** Rows of a table (the leading axes flattened) as pieces, for commands that look at one row at a time. */
export function rowPieces(reader: LogitsReader, name: string): AsyncGenerator<Piece> {
  if (reader.columns === 0) throw new InputError(`${name}: its rows have no columns, so there are no classes`)
  if (reader.columns > heldElements) {
    throw new InputError(
      `${name}: a row of ${reader.columns} columns is too long; at most ${heldElements} are possible here`,
    )
  }
  return pieces(reader, reader.columns)
}

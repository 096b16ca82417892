import { castPieces } from './cast.ts'
import { printFloat16, printFloat32, printFloat64 } from './numbers.ts'
import type { Sink } from './sink.ts'
import type { Dtype, Values } from './types.ts'

const PIECE = 2 ** 16

/** Collects text and hands it to a sink in pieces of UTF-8. */
export class TextSink {
  readonly #sink: Sink
  readonly #encoder = new TextEncoder()
  #text = ''

  constructor(sink: Sink) {
    this.#sink = sink
  }

  add(text: string): void {
    this.#text += text
  }

  /** Passes on what has been collected once it is worth a call; to be awaited now and then. */
  async drain(least = PIECE): Promise<void> {
    if (this.#text.length < Math.max(least, 1)) return
    const bytes = this.#encoder.encode(this.#text)
    this.#text = ''
    await this.#sink.write(bytes)
  }
}

const PRINTERS: Record<Dtype, (element: number) => string> = {
  float16: printFloat16,
  float32: printFloat32,
  float64: printFloat64,
}

/**
 * Calls `each` with the text of every value as an element of `dtype`: the shortest decimal that reads back as the same
 * bits, or NaN, Infinity, -Infinity.
 */
export async function printAll(
  values: Values | readonly number[],
  dtype: Dtype,
  text: TextSink,
  each: (text: string) => void,
): Promise<void> {
  const print = PRINTERS[dtype]
  for (const piece of castPieces(values, dtype)) {
    for (let start = 0; start < piece.length; start += PIECE / 16) {
      const end = Math.min(piece.length, start + PIECE / 16)
      for (let i = start; i < end; i++) each(print(piece[i] as number))
      await text.drain()
    }
  }
}

/** The words for non-finite numbers as JSON strings; everything else as it is. */
export function jsonText(text: string): string {
  return text.endsWith('N') || text.endsWith('y') ? `"${text}"` : text
}

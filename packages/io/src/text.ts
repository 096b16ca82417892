import { InputError } from './errors.ts'
import type { Source } from './source.ts'

/** A piece of decoded text and the bytes of the source it reaches to. */
export interface TextPart {
  text: string
  position: number
}

/** The source as UTF-8 text in pieces, without a byte order mark; refuses other encodings. */
export async function* textParts(source: Source): AsyncGenerator<TextPart> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let position = 0
  const decode = (bytes?: Uint8Array) => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
    } catch {
      throw new InputError(`${source.name}: not UTF-8 text (near byte ${position}); save it as UTF-8`)
    }
  }
  for await (const bytes of source.stream()) {
    const text = decode(bytes)
    position += bytes.length
    if (text) yield { text, position }
  }
  const text = decode()
  if (text) yield { text, position }
}

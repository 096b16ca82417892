/** Modules that import memory of their own thread become modules that import memory of all. */

/** The largest memory that a module takes, in pages: all of 32-bit memory. */
const MOST_PAGES = [0x80, 0x80, 0x04]

const IMPORTS = 2

/** The bytes before the limits of the memory: one import section of two, `env`, `memory`, kind memory. */
const BEFORE = [2, 3, ...ascii('env'), 6, ...ascii('memory'), 2]

/**
 * The same module with its memory declared as shared, with a maximum.
 *
 * Source: WebAssembly Core Specification 2.0, section 5.5, and the threads proposal (limits of kind 3).
 *
 * @internal
 */
export function withSharedMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at]
    const size = readUnsigned(bytes, at + 1)
    const end = size.next + size.value
    if (id === IMPORTS) {
      const content = bytes.subarray(size.next, end)
      if (!BEFORE.every((byte, i) => content[i] === byte) || content[BEFORE.length] !== 0) break
      // flag, least pages: one byte each
      const changed = [...BEFORE, 3, content[BEFORE.length + 1], ...MOST_PAGES, ...content.subarray(BEFORE.length + 2)]
      const section = [IMPORTS, ...unsigned(changed.length), ...changed]
      return Uint8Array.from([...bytes.subarray(0, at), ...section, ...bytes.subarray(end)])
    }
    at = end
  }
  throw new Error('a module of kernels does not import its memory first')
}

function ascii(word: string): number[] {
  return Array.from(word, (letter) => letter.charCodeAt(0))
}

function readUnsigned(bytes: Uint8Array, at: number): { value: number; next: number } {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]
    value |= (byte & 127) << shift
    if (byte < 128) return { value, next: at }
  }
}

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)]
}

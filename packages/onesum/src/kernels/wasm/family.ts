/** Families of kernels: the modules that the library embeds. */

/** Kernels that fuse multiply and add, or do not. */
export type Variant = 'relaxed' | 'strict'

/** An exported kernel. */
export type Exports = Readonly<Record<string, (...args: number[]) => number>>

/** The embedded modules of one family of kernels, as hexadecimal digits, and their instances. */
export interface Family {
  readonly code: Readonly<Record<Variant, string>>
  /** Those of the engine that asked last. */
  loaded: Loaded | undefined
}

/** A family's instances, made at first use, for the engine `of`. */
export interface Loaded {
  readonly of: object
  readonly exports: Map<Variant, Exports | undefined>
}

/** The families that this program may use. */
export const families: Family[] = []

/** A family of kernels that is not loaded yet. */
export function family(code: Readonly<Record<Variant, string>>): Family {
  const fresh: Family = { code, loaded: undefined }
  families.push(fresh)
  return fresh
}

/** Embedded bytes, four at a time: this runs before anything is compiled. */
export function decode(digits: string): Uint8Array<ArrayBuffer> {
  const words = new DataView(new ArrayBuffer(Math.ceil(digits.length / 8) * 4))
  const padded = digits.padEnd(2 * words.byteLength, '0')
  for (let at = 0; at < words.byteLength; at += 4) {
    words.setUint32(at, Number.parseInt(padded.slice(2 * at, 2 * at + 8), 16))
  }
  return new Uint8Array(words.buffer, 0, digits.length / 2)
}

import { readFileSync } from 'node:fs'

/** Reads an NPY file of the fixtures: version 1.0, little-endian, C order. */
export function readNpy(path: string): Float32Array | Float64Array | Int32Array | Uint8Array {
  const bytes = readFileSync(path)
  const start = 10 + bytes.readUInt16LE(8)
  const header = bytes.toString('latin1', 10, start)
  const data = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length) as ArrayBuffer
  if (header.includes("'<f4'")) return new Float32Array(data)
  if (header.includes("'<f8'")) return new Float64Array(data)
  if (header.includes("'<i4'")) return new Int32Array(data)
  if (header.includes("'|u1'")) return new Uint8Array(data)
  throw new Error(`unexpected NPY header ${header}`)
}

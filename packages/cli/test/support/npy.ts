type Elements = Float32Array | Float64Array | Uint16Array | Int32Array | Uint8Array

/** The bytes of an NPY file, version 1.0, as `numpy.save` writes it on a little-endian machine. */
export function npy(descr: string, shape: readonly number[], data: Elements): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${tuple}), }`
  const length = Math.ceil((10 + dict.length + 1) / 64) * 64
  const header = Buffer.alloc(length, ' ')
  header.write('\x93NUMPY\x01\x00', 0, 'latin1')
  header.writeUInt16LE(length - 10, 8)
  header.write(dict, 10, 'latin1')
  header[length - 1] = 10
  return Buffer.concat([header, Buffer.from(data.buffer, data.byteOffset, data.byteLength)])
}

export const f4 = (shape: readonly number[], values: readonly number[]): Uint8Array =>
  npy('<f4', shape, Float32Array.from(values))

export const f8 = (shape: readonly number[], values: readonly number[]): Uint8Array =>
  npy('<f8', shape, Float64Array.from(values))

export const i4 = (shape: readonly number[], values: readonly number[]): Uint8Array =>
  npy('<i4', shape, Int32Array.from(values))

export const bool = (shape: readonly number[], values: readonly number[]): Uint8Array =>
  npy('|b1', shape, Uint8Array.from(values))

export interface Array {
  descr: string
  shape: number[]
  values: number[]
}

/** What such a file holds; float16 comes as bits. */
export function readNpy(bytes: Buffer): Array {
  const start = 10 + bytes.readUInt16LE(8)
  const header = bytes.toString('latin1', 10, start)
  const descr = /'descr': '([^']+)'/.exec(header)?.[1] ?? ''
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '').split(',').filter((part) => part.trim() !== '')
  const data = bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length) as ArrayBuffer
  const kinds = { '<f2': Uint16Array, '<f4': Float32Array, '<f8': Float64Array }
  const Kind = kinds[descr as keyof typeof kinds]
  return { descr, shape: shape.map(Number), values: [...new Kind(data)] }
}

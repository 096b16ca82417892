const LITTLE = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Turns elements of `size` bytes from the file's byte order into this machine's, in place. */
export function toNativeOrder(bytes: Uint8Array<ArrayBuffer>, size: number, bigEndian: boolean): void {
  if (size > 1 && bigEndian === LITTLE) swapBytes(bytes, size)
}

/** Whether elements in memory already have a file's byte order. */
export function isNativeOrder(bigEndian: boolean): boolean {
  return bigEndian !== LITTLE
}

function swapBytes(bytes: Uint8Array, size: number): void {
  const half = size / 2
  for (let start = 0; start + size <= bytes.length; start += size) {
    for (let i = 0; i < half; i++) {
      const other = start + size - 1 - i
      const byte = bytes[start + i] as number
      bytes[start + i] = bytes[other] as number
      bytes[other] = byte
    }
  }
}

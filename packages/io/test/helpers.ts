import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LabelOptions, ReadOptions, Source, Values, WriteOptions } from '../src/index.ts'
import { blobSource, bytesSink, bytesSource, createWriter, InputError, openLabels, openLogits } from '../src/index.ts'
import { openFile } from '../src/node/index.ts'

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
export const fixture = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))))

/** A stream that hands out 1 to 7 bytes at a time. */
export function trickle(name: string, bytes: Uint8Array): Source {
  return {
    name,
    size: undefined,
    async *stream() {
      for (let offset = 0, length = 1; offset < bytes.length; offset += length, length = (length % 7) + 1) {
        yield bytes.subarray(offset, offset + length)
      }
    },
    async close() {},
  }
}

let files = 0
const folder = mkdtempSync(join(tmpdir(), 'onesum-io-'))

/** Every kind of source over the same bytes. */
export const sources: Record<string, (name: string, bytes: Uint8Array<ArrayBuffer>) => Promise<Source>> = {
  memory: async (name, bytes) => bytesSource(name, bytes),
  blob: async (name, bytes) => blobSource(name, new Blob([bytes])),
  file: async (name, bytes) => {
    const path = join(folder, `${files++}-${name}`)
    writeFileSync(path, bytes)
    return { ...(await openFile(path)), name }
  },
  stream: async (name, bytes) => trickle(name, bytes),
}

/** All values of a source with what its reader says; batches are copied, as their memory is reused. */
export async function readAll(source: Source, options?: ReadOptions) {
  const reader = await openLogits(source, options)
  const values: number[] = []
  const labels: (number | string)[] = []
  const batches: number[] = []
  try {
    for await (const batch of reader.batches()) {
      if (batch.start !== batches.reduce((sum, rows) => sum + rows, 0))
        throw new Error('batches do not follow each other')
      for (const value of batch.values) values.push(value)
      if (batch.labels) labels.push(...batch.labels)
      batches.push(batch.rows)
    }
  } finally {
    await reader.close()
  }
  const { format, dtype, columns, rows, shape, names } = reader
  return { format, dtype, columns, rows, shape, names, values, labels, batches }
}

export const readText = (name: string, text: string, options?: ReadOptions) =>
  readAll(bytesSource(name, utf8(text)), options)

/** All labels of a source, asked for `step` at a time. */
export async function readLabels(source: Source, options?: LabelOptions, step = 3): Promise<number[]> {
  const reader = await openLabels(source, options)
  const labels: number[] = []
  try {
    for (let next = await reader.next(step); next.length > 0; next = await reader.next(step)) labels.push(...next)
  } finally {
    await reader.close()
  }
  return labels
}

/** What a writer makes of `values`, given in pieces of `step`. */
export async function written(values: Values | readonly number[], options: WriteOptions, step = values.length || 1) {
  const sink = bytesSink(`out.${options.format}`)
  const writer = await createWriter(sink, options)
  for (let start = 0; start < values.length; start += step) await writer.write(values.slice(start, start + step))
  await writer.finish()
  return sink.bytes()
}

export const writtenText = async (...args: Parameters<typeof written>) =>
  new TextDecoder().decode(await written(...args))

/** The message of the InputError that `action` ends with. */
export async function problem(action: Promise<unknown>): Promise<string> {
  try {
    await action
  } catch (error) {
    if (error instanceof InputError) return error.message
    throw error
  }
  throw new Error('expected an InputError, got none')
}

/** An NPY file with a header of your own. */
export function npy(dict: string, data: Uint8Array = new Uint8Array(0), version = 1): Uint8Array<ArrayBuffer> {
  const header = utf8(dict)
  const width = version === 1 ? 2 : 4
  const bytes = new Uint8Array(8 + width + header.length + data.length)
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0])
  const view = new DataView(bytes.buffer)
  if (version === 1) view.setUint16(8, header.length, true)
  else view.setUint32(8, header.length, true)
  bytes.set(header, 8 + width)
  bytes.set(data, 8 + width + header.length)
  return bytes
}

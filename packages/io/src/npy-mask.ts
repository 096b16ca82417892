import { ByteCursor } from './cursor.ts'
import { flagReader, floatMask, notAFlag } from './mask.ts'
import { type Elements, type NpyElements, openElements } from './npy-elements.ts'
import { type NpyHeader, readNpyHeader } from './npy-header.ts'
import type { Source } from './source.ts'
import type { MaskReader } from './types.ts'

// elements read at once, at most 2 MiB
const CHUNK = 2 ** 18

/** Opens an NPY mask: bool, or integers of any width that are all 0 and 1. */
export async function openNpyMask(source: Source): Promise<MaskReader> {
  const cursor = new ByteCursor(source)
  const header = await readNpyHeader(cursor, source.name, source.size)
  if (header.kind === 'f') throw floatMask(source.name, header.typeName)
  const elements = await openElements<Elements>(source, cursor, header)
  return flagReader(header.shape, flagsOf(source.name, header, elements), () => elements.close())
}

async function* flagsOf(
  name: string,
  { shape, fortran }: NpyHeader,
  elements: NpyElements<Elements>,
): AsyncGenerator<Uint8Array> {
  const columns = shape.at(-1) ?? 1
  let done = 0
  // Fortran order is turned around in whole entries of the first axis
  for await (const { values } of fortran ? elements.batches() : elements.chunks(CHUNK)) {
    const flags = new Uint8Array(values.length)
    for (let i = 0; i < flags.length; i++) {
      const flag = Number(values[i])
      if (!(flag === 0 || flag === 1)) {
        throw notAFlag(name, Math.floor((done + i) / columns), (done + i) % columns, values[i])
      }
      flags[i] = flag
    }
    yield flags
    done += flags.length
  }
}

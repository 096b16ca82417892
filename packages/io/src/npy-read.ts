import { ByteCursor } from './cursor.ts'
import { InputError } from './errors.ts'
import { type Elements, openElements } from './npy-elements.ts'
import { type NpyHeader, readNpyHeader } from './npy-header.ts'
import type { Source } from './source.ts'
import type { Dtype, LogitsReader, ReadOptions, Values } from './types.ts'

/** Opens an NPY file of float16, float32 or float64 logits. */
export async function openNpyLogits(source: Source, options: ReadOptions): Promise<LogitsReader> {
  const { cursor, header } = await openHeader(source, options)
  if (header.kind !== 'f') {
    throw new InputError(
      `${source.name}: dtype ${header.typeName} cannot be logits; expected floats: np.save(file, a.astype(np.float32))`,
    )
  }
  return openFloats(source, options, cursor, header)
}

/** Opens an NPY file of features: floats, or whole numbers and booleans, which become floats. */
export async function openNpyFeatures(source: Source, options: ReadOptions): Promise<LogitsReader> {
  const { cursor, header } = await openHeader(source, options)
  if (header.kind === 'f') return openFloats(source, options, cursor, header)
  const elements = await openElements<Elements>(source, cursor, header)
  // float32 holds whole numbers of 16 bits exactly
  const dtype = header.size <= 2 ? 'float32' : 'float64'
  const floats = (values: Elements): Values => {
    const whole = values as ArrayLike<number | bigint>
    return dtype === 'float32' ? Float32Array.from(whole, Number) : Float64Array.from(whole, Number)
  }
  return {
    ...described(header, elements.rows, dtype),
    async *batches() {
      for await (const batch of elements.batches(options.batchBytes)) yield { ...batch, values: floats(batch.values) }
    },
    async *chunks(maxElements) {
      const chunks = elements.chunks(maxElements, options.batchBytes)
      for await (const chunk of chunks) yield { ...chunk, values: floats(chunk.values) }
    },
    close: () => elements.close(),
  }
}

async function openHeader(source: Source, options: ReadOptions): Promise<{ cursor: ByteCursor; header: NpyHeader }> {
  const { name } = source
  if (options.labelColumn !== undefined) {
    throw new InputError(`${name}: an NPY file has no label column; give the labels as a file of their own`)
  }
  const cursor = new ByteCursor(source)
  return { cursor, header: await readNpyHeader(cursor, name, source.size) }
}

async function openFloats(
  source: Source,
  options: ReadOptions,
  cursor: ByteCursor,
  header: NpyHeader,
): Promise<LogitsReader> {
  const elements = await openElements<Values>(source, cursor, header)
  return {
    ...described(header, elements.rows, header.typeName as Dtype),
    batches: () => elements.batches(options.batchBytes),
    chunks: (maxElements) => elements.chunks(maxElements, options.batchBytes),
    close: () => elements.close(),
  }
}

function described({ shape }: NpyHeader, rows: number, dtype: Dtype) {
  return { format: 'npy', dtype, columns: shape.at(-1) ?? 1, rows, shape } as const
}

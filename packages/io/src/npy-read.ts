import { ByteCursor } from './cursor.ts'
import { InputError } from './errors.ts'
import { openElements } from './npy-elements.ts'
import { readNpyHeader } from './npy-header.ts'
import type { Source } from './source.ts'
import type { Dtype, LogitsReader, ReadOptions, Values } from './types.ts'

/** Opens an NPY file of float16, float32 or float64 logits. */
export async function openNpyLogits(source: Source, options: ReadOptions): Promise<LogitsReader> {
  const { name } = source
  if (options.labelColumn !== undefined) {
    throw new InputError(`${name}: an NPY file has no label column; give the labels as a file of their own`)
  }
  const cursor = new ByteCursor(source)
  const header = await readNpyHeader(cursor, name, source.size)
  if (header.kind !== 'f') {
    throw new InputError(
      `${name}: dtype ${header.typeName} cannot be logits; expected floats: np.save(file, a.astype(np.float32))`,
    )
  }
  const elements = await openElements<Values>(source, cursor, header)
  return {
    format: 'npy',
    dtype: header.typeName as Dtype,
    columns: header.shape.at(-1) ?? 1,
    rows: elements.rows,
    shape: header.shape,
    batches: () => elements.batches(options.batchBytes),
    chunks: (maxElements) => elements.chunks(maxElements, options.batchBytes),
    close: () => elements.close(),
  }
}

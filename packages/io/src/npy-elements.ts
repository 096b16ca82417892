import { ByteCursor } from './cursor.ts'
import { toNativeOrder } from './endian.ts'
import { InputError } from './errors.ts'
import { gatherFortran } from './npy-fortran.ts'
import { describe, type NpyHeader } from './npy-header.ts'
import { bytesSource, type Source } from './source.ts'
import { type Batch, type Chunk, DEFAULT_BATCH_BYTES } from './types.ts'

/** A Fortran-ordered file has to be turned around: from a stream only up to this size. */
const FORTRAN_STREAM_BYTES = 64 * 2 ** 20
// larger batches make the runs of a Fortran-ordered file longer and the reads fewer
const FORTRAN_BATCH_BYTES = 32 * 2 ** 20
// a stream's header may lie, so memory for it grows with what has arrived
const STREAM_STEP_BYTES = 64 * 2 ** 20

const ARRAYS = {
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} satisfies Record<NpyHeader['typeName'], unknown>

/** Elements in memory: float16 as its bits, bool as bytes. */
export type Elements = InstanceType<(typeof ARRAYS)[keyof typeof ARRAYS]> & { buffer: ArrayBuffer }

type BatchOf<E> = Omit<Batch, 'values' | 'labels'> & { values: E }
type ChunkOf<E> = Omit<Chunk, 'values'> & { values: E }

/** Makes the elements readable in C order; `cursor` stands behind the header. */
export async function openElements<E extends Elements>(
  source: Source,
  cursor: ByteCursor,
  header: NpyHeader,
): Promise<NpyElements<E>> {
  // with at most one axis longer than 1 both orders are the same
  if (header.count === 0 || header.shape.filter((length) => length !== 1).length < 2) header.fortran = false
  if (header.fortran && !source.read) return new NpyElements(await buffered(source, cursor, header), header)
  return new NpyElements(source, header, source.read ? undefined : cursor)
}

async function buffered(source: Source, cursor: ByteCursor, header: NpyHeader): Promise<Source> {
  const length = header.count * header.size
  if (length > FORTRAN_STREAM_BYTES) {
    throw new InputError(
      `${source.name}: a stream in Fortran order can be read up to ${FORTRAN_STREAM_BYTES} bytes, this one has ${length}; ` +
        'give the file itself, or save it in C order: np.save(file, np.ascontiguousarray(a))',
    )
  }
  const bytes = new Uint8Array(length)
  const got = await cursor.fill(bytes)
  if (got < length) throw truncated(source.name, header, got)
  await checkEnd(source.name, cursor)
  header.dataOffset = 0
  return { ...bytesSource(source.name, bytes), close: () => cursor.close() }
}

/** The elements of an NPY file in C order, in this machine's byte order. */
export class NpyElements<E extends Elements> {
  /** Entries of the first axis, 1 for a flat file. */
  readonly rows: number
  readonly #source: Source
  readonly #header: NpyHeader
  readonly #block: number
  readonly #stream: ByteCursor | undefined
  #used = false

  /** `stream` stands at the first element of a source that is not seekable. */
  constructor(source: Source, header: NpyHeader, stream?: ByteCursor) {
    const { shape } = header
    this.rows = shape.length < 2 ? 1 : (shape[0] as number)
    this.#source = source
    this.#header = header
    this.#block = shape.slice(shape.length < 2 ? 0 : 1).reduce((product, length) => product * length, 1)
    this.#stream = stream
  }

  /** Whole entries of the first axis; `values` is valid until the next batch is asked for. */
  async *batches(batchBytes?: number): AsyncGenerator<BatchOf<E>> {
    const { size, fortran } = this.#header
    const wanted = batchBytes ?? (fortran ? FORTRAN_BATCH_BYTES : DEFAULT_BATCH_BYTES)
    const blockBytes = this.#block * size
    const perBatch = blockBytes === 0 ? this.rows : Math.max(1, Math.floor(wanted / blockBytes))
    const cursor = this.#cursor()
    const memory = this.#memory(Math.min(perBatch, this.rows) * this.#block)
    for (let start = 0; start < this.rows; start += perBatch) {
      const rows = Math.min(perBatch, this.rows - start)
      const values = fortran
        ? await this.#gather(start, rows, await memory(rows * this.#block))
        : await this.#fill(cursor, rows * this.#block, memory)
      yield { values, start, rows, position: fortran ? this.#gathered(start + rows) : cursor.position }
    }
    if (this.#stream) await checkEnd(this.#source.name, cursor)
  }

  /** Ranges of at most `maxElements`; `values` is valid until the next chunk is asked for. */
  async *chunks(maxElements: number, batchBytes?: number): AsyncGenerator<ChunkOf<E>> {
    if (this.#header.fortran) {
      yield* this.#fortranChunks(maxElements, batchBytes)
      return
    }
    const cursor = this.#cursor()
    const memory = this.#memory(Math.min(maxElements, this.#header.count))
    for (let offset = 0; offset < this.#header.count; offset += maxElements) {
      const length = Math.min(maxElements, this.#header.count - offset)
      yield { values: await this.#fill(cursor, length, memory), offset, position: cursor.position }
    }
    if (this.#stream) await checkEnd(this.#source.name, cursor)
  }

  async close(): Promise<void> {
    await (this.#stream ?? this.#source).close()
  }

  async *#fortranChunks(maxElements: number, batchBytes?: number): AsyncGenerator<ChunkOf<E>> {
    if (this.#block > maxElements) {
      throw new InputError(
        `${this.#source.name}: it is in Fortran order and one entry of its first axis has ${this.#block} elements, too many ` +
          'to turn around in memory; save it in C order: np.save(file, np.ascontiguousarray(a))',
      )
    }
    for await (const { values, start, position } of this.batches(batchBytes)) {
      for (let at = 0; at < values.length; at += maxElements) {
        yield { values: values.subarray(at, at + maxElements) as E, offset: start * this.#block + at, position }
      }
    }
  }

  #cursor(): ByteCursor {
    if (!this.#stream) return new ByteCursor(this.#source, this.#header.dataOffset)
    if (this.#used) throw new Error(`${this.#source.name}: a stream can be gone through only once`)
    this.#used = true
    return this.#stream
  }

  /** Hands out one piece of memory again and again, enlarged when asked for more. */
  #memory(most: number): (length: number) => Promise<E> {
    let values: E | undefined
    return async (length) => {
      if (!values || values.length < length) {
        const whole = this.#stream ? Math.min(most, STREAM_STEP_BYTES / this.#header.size) : most
        values = this.#allocate(Math.max(length, whole))
      }
      return values.subarray(0, length) as E
    }
  }

  #allocate(length: number): E {
    try {
      // the caller of openElements has chosen E by the header's type
      return new ARRAYS[this.#header.typeName](length) as Elements as E
    } catch {
      throw new InputError(
        `${this.#source.name}: one entry of the first axis has ${length} elements, which do not fit in memory`,
      )
    }
  }

  async #fill(cursor: ByteCursor, length: number, memory: (length: number) => Promise<E>): Promise<E> {
    const { size, bigEndian } = this.#header
    const step = this.#stream ? STREAM_STEP_BYTES / size : length
    let values = await memory(Math.min(length, step))
    await this.#fillExactly(cursor, bytesOf(values))
    while (values.length < length) {
      const known = bytesOf(values)
      values = await memory(Math.min(length, values.length * 2))
      if (values.buffer !== known.buffer) bytesOf(values).set(known)
      await this.#fillExactly(cursor, bytesOf(values).subarray(known.length))
    }
    toNativeOrder(bytesOf(values), size, bigEndian)
    return values
  }

  async #fillExactly(cursor: ByteCursor, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const before = cursor.position - this.#header.dataOffset
    const got = await cursor.fill(bytes)
    if (got < bytes.length) throw truncated(this.#source.name, this.#header, before + got)
  }

  async #gather(start: number, rows: number, values: E): Promise<E> {
    const read = async (offset: number, into: Uint8Array<ArrayBuffer>) => {
      const cursor = new ByteCursor(this.#source, offset)
      await this.#fillExactly(cursor, into)
    }
    await gatherFortran(this.#header, read, start, rows, values)
    return values
  }

  // a gathered batch touches the whole file: progress is the share of rows
  #gathered(rows: number): number {
    return this.#header.dataOffset + rows * this.#block * this.#header.size
  }
}

function bytesOf(values: Elements): Uint8Array<ArrayBuffer> {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}

function truncated(name: string, header: NpyHeader, got: number): InputError {
  const expected = header.count * header.size
  return new InputError(
    `${name}: the header promises ${describe(header)}, ${expected} bytes of data, but only ${got} came; it is truncated`,
  )
}

async function checkEnd(name: string, cursor: ByteCursor): Promise<void> {
  if ((await cursor.fill(new Uint8Array(1))) > 0) {
    throw new InputError(`${name}: it has bytes after the data its header promises`)
  }
}

import { type Dtype, InputError, type Values } from '@onesum/io'
import { encodeFloat16, logSoftmax, softmax } from 'onesum'
import { UsageError } from './errors.ts'
import type { OpenInput } from './files.ts'
import type { Lanes } from './lanes.ts'
import type { MaskReader } from './mask.ts'
import type { NonFinite } from './nonfinite.ts'
import type { From } from './options.ts'
import { type Piece, pieces } from './pieces.ts'
import { logitsOf, type Numbers, numbersOf } from './prepare.ts'
import { guardedPieces, ProbabilitySums, refuseProbabilities } from './probability-guard.ts'
import { Totals } from './totals.ts'

/** Lines whose totals are held at once when an axis takes two passes. */
const maxLines = 2 ** 18

/** A softmax over a file, whatever its size. */
export interface SoftmaxJob {
  name: string
  lanes: Lanes
  columns: number
  log: boolean
  temperature: number
  dtype: Dtype
  from: From | undefined
  /** A mask read from its start, once for each pass. */
  openMask(): Promise<MaskReader | undefined>
  /** The input once more from its start; absent for a pipe. */
  reopen: (() => Promise<OpenInput>) | undefined
  nonFinite: NonFinite
  /** Elements that may be held in memory at once. */
  held: number
  /** Bytes of the file read so far in a pass. */
  progress(position: number, pass: number, passes: number): void
}

type PieceSource = AsyncIterable<Piece> | Iterable<Piece>

/**
 * The array's softmax as consecutive pieces in C order, each valid until the next is asked for. Blocks that fit in
 * memory are mapped one after the other; larger ones take two passes over the file.
 */
export async function* softmaxPieces(input: OpenInput, job: SoftmaxJob): AsyncGenerator<Values> {
  const { block } = job.lanes
  if (block === 0) return
  if (block !== undefined && block <= job.held) {
    yield* onePass(pieces(input.reader, block, job.held), job, block)
    return
  }
  const whole = block === undefined ? await wholeArray(input, job.held) : undefined
  if (whole !== undefined) {
    if (whole.values.length > 0) yield* onePass([whole], job, whole.values.length)
    return
  }
  yield* twoPasses(job)
}

async function* onePass(source: PieceSource, job: SoftmaxJob, block: number): AsyncGenerator<Values> {
  const { log, temperature, dtype } = job
  const { inner } = job.lanes
  const length = block / inner
  const map = log ? logSoftmax : softmax
  const mask = await job.openMask()
  let out: Values | undefined
  try {
    for await (const piece of guardedPieces(source, { length, inner }, job.from, job.name)) {
      const keep = await mask?.next(piece.values.length)
      const logits = countedLogits(job, piece, keep)
      const shape = [logits.length / block, length, inner]
      if (out?.length !== logits.length) out = outputArray(dtype, logits.length)
      yield map(logits, { shape, axis: 1, temperature, dtype, mask: keep, out })
      job.progress(piece.position, 0, 1)
    }
    await mask?.end()
  } finally {
    await mask?.close()
  }
}

async function* twoPasses(job: SoftmaxJob): AsyncGenerator<Values> {
  const { name, log, temperature, dtype } = job
  const { outer, length, inner } = job.lanes
  const lines = (outer ?? 1) * inner
  refuseWhatTakesMemory(job, lines)
  const totals = new Totals(lines, length ?? Number.POSITIVE_INFINITY, inner)
  const sums = new ProbabilitySums(lines, length ?? Number.POSITIVE_INFINITY, inner)

  for await (const { piece, keep } of maskedPieces(job, 0)) {
    if (job.from === undefined) sums.add(numbersOf(piece.values), piece.offset)
    totals.add(scaled(countedLogits(job, piece, keep), temperature, name), piece.offset, keep)
  }
  if (job.from === undefined && sums.likely()) refuseProbabilities(name)

  for await (const { piece, keep } of maskedPieces(job, 1)) {
    const logits = logitsOf(piece.values, job.from ?? 'logits', name, piece.offset, job.columns)
    const values = totals.softmax(scaled(logits, temperature, name), piece.offset, log, keep)
    yield dtype === 'float64' ? values : dtype === 'float32' ? Float32Array.from(values) : encodeFloat16(values)
  }
}

/** One pass over the file from its start, with the mask beside it. */
async function* maskedPieces(
  job: SoftmaxJob,
  pass: number,
): AsyncGenerator<{ piece: Piece; keep: Uint8Array | undefined }> {
  if (job.reopen === undefined) {
    throw new InputError(
      `${job.name}: along axis ${job.lanes.axis} the rows do not fit in memory, and a pipe cannot be read twice; ` +
        'write the logits to a file first',
    )
  }
  const { reader } = await job.reopen()
  const mask = await job.openMask()
  try {
    for await (const piece of pieces(reader, 1, job.held)) {
      yield { piece, keep: await mask?.next(piece.values.length) }
      job.progress(piece.position, pass, 2)
    }
    await mask?.end()
  } finally {
    await mask?.close()
    await reader.close()
  }
}

function refuseWhatTakesMemory(job: SoftmaxJob, lines: number): void {
  if (lines > maxLines) {
    throw new InputError(
      `${job.name}: ${lines} rows along axis ${job.lanes.axis} do not fit in memory together; ` +
        'move that axis to the end (numpy.moveaxis) and write the file again',
    )
  }
  if (job.temperature === 0 || job.temperature === Number.POSITIVE_INFINITY) {
    throw new UsageError(`--temperature ${job.temperature} is possible only where a row fits in memory`)
  }
}

function scaled(logits: Numbers, temperature: number, name: string): Numbers {
  if (temperature === 1) return logits
  const result = new Float64Array(logits.length)
  for (let i = 0; i < result.length; i++) {
    result[i] = logits[i] / temperature
    if (Math.abs(result[i]) === Number.POSITIVE_INFINITY && Number.isFinite(logits[i])) {
      throw new InputError(`${name}: ${logits[i]} divided by the temperature ${temperature} is beyond float64`)
    }
  }
  return result
}

/** The logits of a piece, what is not finite counted as it stands in the file. */
function countedLogits(job: SoftmaxJob, piece: Piece, keep: Uint8Array | undefined): Numbers {
  const numbers = numbersOf(piece.values)
  job.nonFinite.add(numbers, piece.offset, job.columns, keep)
  return logitsOf(numbers, job.from ?? 'logits', job.name, piece.offset, job.columns)
}

/** The array as one piece, or undefined when it is too large to be held. */
async function wholeArray({ reader }: OpenInput, held: number): Promise<Piece | undefined> {
  const parts: Piece[] = []
  let size = 0
  for await (const piece of pieces(reader, 1)) {
    size += piece.values.length
    if (size > held) return undefined
    parts.push({ ...piece, values: piece.values.slice() })
  }
  const values = new Float64Array(size)
  for (const part of parts) values.set(part.values, part.offset)
  return { values, offset: 0, position: parts.at(-1)?.position ?? 0 }
}

function outputArray(dtype: Dtype, length: number): Values {
  if (dtype === 'float16') return new Uint16Array(length)
  return dtype === 'float32' ? new Float32Array(length) : new Float64Array(length)
}

import { softmax, topK } from 'onesum'
import { UsageError } from './errors.ts'
import { openInput } from './files.ts'
import { NonFinite } from './nonfinite.ts'
import { count } from './numbers.ts'
import type { From, InputOptions } from './options.ts'
import { rowPieces } from './pieces.ts'
import { logitsOf, numbersOf } from './prepare.ts'
import { guardedPieces } from './probability-guard.ts'
import { Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'

/** Rows become objects and text, which take far more memory than their logits. */
const rowsAtATime = 4096

/** The most probable classes of one row, the most probable first. */
export interface RankedRow {
  row: number
  classes: number[]
  probabilities: number[]
}

export interface RankingOptions extends InputOptions {
  output?: string
  from?: From
  temperature?: number
}

export interface Ranking {
  /** Rows in total, undefined while unknown. */
  rows: number | undefined
  columns: number
  names: readonly string[] | undefined
  nonFinite: NonFinite
  /** The rows in order, some at a time. */
  batches(): AsyncGenerator<RankedRow[]>
  close(): Promise<void>
}

/** Opens logits to rank each row's classes; ties go to the lowest index. */
export async function openRanking(
  terminal: Terminal,
  name: string,
  k: number,
  options: RankingOptions,
): Promise<Ranking> {
  const { reader, source } = await openInput(terminal, name, options)
  const { columns, names, shape } = reader
  const { from, temperature = 1 } = options
  const nonFinite = new NonFinite()
  if (k > columns && columns > 0) {
    await reader.close()
    throw new UsageError(`-k ${k} is more than the ${count(columns, 'class')} of a row`)
  }
  async function* batches(): AsyncGenerator<RankedRow[]> {
    const bar = new Progress(terminal, 'topk', source.size, options.output === undefined)
    try {
      for await (const piece of guardedPieces(rowPieces(reader, name), { length: columns, inner: 1 }, from, name)) {
        nonFinite.add(numbersOf(piece.values), piece.offset, columns)
        const logits = logitsOf(piece.values, from ?? 'logits', name, piece.offset, columns)
        const rowShape = [logits.length / columns, columns]
        const probabilities = softmax(logits, { shape: rowShape, temperature, dtype: 'float64' })
        const { indices } = topK(logits, k, { shape: rowShape })
        for (let row = 0; row < rowShape[0]; row += rowsAtATime) {
          const end = Math.min(rowShape[0], row + rowsAtATime)
          const part = probabilities.subarray(row * columns, end * columns)
          yield rank(part, indices.subarray(row * k, end * k), piece.offset / columns + row, columns, k)
        }
        bar.update(piece.position)
      }
    } finally {
      bar.stop()
    }
  }
  const rows = shape
    .slice(0, -1)
    .reduce<number | undefined>((a, b) => (a === undefined || b === undefined ? undefined : a * b), 1)
  return { rows, columns, names, nonFinite, batches, close: () => reader.close() }
}

function rank(
  probabilities: Float64Array,
  indices: Int32Array,
  first: number,
  columns: number,
  k: number,
): RankedRow[] {
  return Array.from({ length: indices.length / k }, (_, row) => {
    const classes = Array.from(indices.subarray(row * k, (row + 1) * k))
    return { row: first + row, classes, probabilities: classes.map((index) => probabilities[row * columns + index]) }
  })
}

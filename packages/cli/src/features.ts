import { InputError } from '@onesum/io'
import { type OpenInput, openFeatures } from './files.ts'
import { dimensions } from './numbers.ts'
import type { InputOptions } from './options.ts'
import { type Piece, rowPieces } from './pieces.ts'
import { type Numbers, numbersOf } from './prepare.ts'
import { Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'

/** A file of features, opened: rows of `columns` finite numbers. */
export interface Features {
  columns: number
  /** What the header calls them. */
  names: string[] | undefined
  input: OpenInput
  pieces(): AsyncGenerator<FeaturePiece>
}

export interface FeaturePiece extends Piece {
  values: Numbers
}

export async function openTable(terminal: Terminal, name: string, options: InputOptions): Promise<Features> {
  const input = await openFeatures(terminal, name, options)
  const { reader } = input
  try {
    if (reader.shape.length > 2) {
      const remedy = reader.format === 'npy' ? '; a.reshape(len(a), -1) makes rows' : ''
      throw new InputError(
        `${name}: expected rows of features, rows × features, got ${dimensions(reader.shape)}${remedy}`,
      )
    }
    const { columns, names } = reader
    const twice = names?.find((each, i) => names.indexOf(each) < i)
    if (twice !== undefined) throw new InputError(`${name}: two columns are named "${twice}"; rename one of them`)
    return { columns, names, input, pieces: () => finitePieces(rowPieces(reader, name), name, columns, names) }
  } catch (error) {
    await reader.close()
    throw error
  }
}

async function* finitePieces(
  source: AsyncIterable<Piece>,
  name: string,
  columns: number,
  names: string[] | undefined,
): AsyncGenerator<FeaturePiece> {
  for await (const piece of source) {
    const values = numbersOf(piece.values)
    // x - x is 0 for a finite x and NaN for the others
    const bad = values.findIndex((value) => value - value !== 0)
    if (bad >= 0) {
      const at = piece.offset + bad
      const called = names === undefined ? '' : ` ("${names[at % columns]}")`
      throw new InputError(
        `${name}: row ${Math.floor(at / columns)}, column ${at % columns}${called}: expected a finite number, ` +
          `got ${values[bad]}; leave such rows out or fill them in`,
      )
    }
    yield { ...piece, values }
  }
}

/** All pieces as one array, float32 when the file holds no more. */
export async function readWhole(
  terminal: Terminal,
  name: string,
  features: Features,
  visit: (piece: FeaturePiece) => Promise<void>,
): Promise<Numbers> {
  const { reader, source } = features.input
  const bar = new Progress(terminal, 'read', source.size)
  const parts: Numbers[] = []
  let whole = reader.rows === undefined ? undefined : allocate(name, reader.dtype, reader.rows * features.columns)
  let size = 0
  try {
    for await (const piece of features.pieces()) {
      if (whole) whole.set(piece.values, piece.offset)
      else parts.push(piece.values.slice())
      size += piece.values.length
      await visit(piece)
      bar.update(piece.position)
    }
  } finally {
    bar.stop()
  }
  if (whole) return whole
  whole = allocate(name, reader.dtype, size)
  let at = 0
  for (const part of parts.splice(0)) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function allocate(name: string, dtype: string, size: number): Numbers {
  try {
    return dtype === 'float64' ? new Float64Array(size) : new Float32Array(size)
  } catch {
    throw new InputError(`${name}: ${size.toLocaleString('en-US')} numbers do not fit in memory`)
  }
}

/** Some rows of a matrix, in this order. */
export function gatherRows(values: Numbers, columns: number, rows: Int32Array): Numbers {
  const size = rows.length * columns
  const result = values instanceof Float32Array ? new Float32Array(size) : new Float64Array(size)
  for (let i = 0; i < rows.length; i++) {
    result.set(values.subarray(rows[i] * columns, (rows[i] + 1) * columns), i * columns)
  }
  return result
}

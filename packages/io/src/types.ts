/** The file formats this package reads and writes. */
export type Format = 'npy' | 'csv' | 'tsv' | 'json' | 'jsonl'

/** The element types of logits; text is read as float64. */
export type Dtype = 'float16' | 'float32' | 'float64'

/** Elements in memory; a `Uint16Array` holds the bits of float16. */
export type Values = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Uint16Array<ArrayBuffer>

/** Consecutive entries of the first axis. `values` is valid until the next batch is asked for: its memory is reused. */
export interface Batch {
  /** C order, `[rows, ...shape.slice(1)]`. */
  values: Values
  /** Index of the first row. */
  start: number
  rows: number
  /** The label column's entries, when one was asked for: numbers where they read as numbers, else text. */
  labels?: (number | string)[]
  /** Bytes of the source consumed so far, for progress. */
  position: number
}

/** A contiguous range of elements in C order; `values` is valid until the next chunk is asked for. */
export interface Chunk {
  values: Values
  /** Index of the first element. */
  offset: number
  /** Bytes of the source consumed so far, for progress. */
  position: number
}

/** A file of logits, opened: its type and shape are known, its values come in batches. */
export interface LogitsReader {
  readonly format: Format
  readonly dtype: Dtype
  /** Length of the last axis; 1 for a single value. */
  readonly columns: number
  /** Entries of the first axis, 1 for a flat file; undefined while unknown (text). */
  readonly rows: number | undefined
  /** The full shape; a table's is `[rows, columns]`, its rows undefined while unknown. */
  readonly shape: readonly (number | undefined)[]
  /** Column names from a header, without the label column. */
  readonly names?: string[]
  /** Whole entries of the first axis, in order. A text file or a stream can be gone through once. */
  batches(): AsyncIterable<Batch>
  /** NPY only: ranges of at most `maxElements` elements whatever the rows; repeatable when the source is seekable. */
  chunks?(maxElements: number): AsyncIterable<Chunk>
  close(): Promise<void>
}

/** A file of labels, opened. */
export interface LabelsReader {
  /** undefined while unknown (text). */
  readonly rows: number | undefined
  /** The next `count` labels as class numbers; fewer at the end. */
  next(count: number): Promise<Int32Array<ArrayBuffer>>
  /** With `learnNames`: the names so far, in the order of their class numbers; undefined for numbers. */
  learned(): string[] | undefined
  close(): Promise<void>
}

/** A file of a mask, opened: 1 keeps an entry, 0 leaves it out. */
export interface MaskReader {
  /** The full shape; the rows of text are undefined while unknown. */
  readonly shape: readonly (number | undefined)[]
  /** The next `count` flags in C order; fewer at the end. */
  next(count: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** A file being written: nothing is visible before `finish` has resolved. */
export interface LogitsWriter {
  /** The next elements in C order, as many as you like. */
  write(values: Values | readonly number[]): Promise<void>
  finish(): Promise<void>
  abort(): Promise<void>
}

export interface ReadOptions {
  /** Default: by the source's extension. */
  format?: Format
  /** Whether the first line of CSV and TSV names the columns. Default: found out. */
  header?: boolean
  /** A column to take out as labels: a header's name, or a number from 0, negative from the end; a key in JSON Lines. */
  labelColumn?: string | number
  /** Size of a batch's values in bytes, at least one row. Default 8 MiB. */
  batchBytes?: number
}

export interface LabelOptions {
  format?: Format
  header?: boolean
  labelColumn?: string | number
  /** Names in class order, for labels that are text. */
  classNames?: readonly string[]
  /** Without `classNames`: each new name is a class, numbered as they come. */
  learnNames?: boolean
}

export interface MaskOptions {
  format?: Format
  header?: boolean
}

export interface WriteOptions {
  format: Format
  dtype: Dtype
  /** The first entry may be undefined while unknown. */
  shape: readonly (number | undefined)[]
  /** Column names, the header of CSV and TSV. */
  names?: readonly string[]
}

export const DEFAULT_BATCH_BYTES = 8 * 2 ** 20

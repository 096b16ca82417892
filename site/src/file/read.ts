/** Files that a reader chose, whole in memory as rows of numbers with their labels. */
import { blobSource, InputError, LabelDecoder, openLabels, openLogits, readNames } from '@onesum/io'
import type { ScoreArray } from '@onesum/report'
import { decodeFloat16 } from 'onesum'
import type { Files } from './messages.ts'

/** The most bytes of numbers that a tab of a browser is asked to hold; fits copy half of them. */
export const mostBytes = 512 * 2 ** 20
const mostNameBytes = 2 ** 20

export interface Labelled {
  readonly scores: ScoreArray
  readonly labels: Int32Array
  readonly shape: readonly [rows: number, classes: number]
  readonly classNames: readonly string[] | undefined
}

export async function readFiles(files: Files, onProgress: (done: number) => void): Promise<Labelled> {
  const { logits: file, labels: labelFile, labelColumn } = files
  const reader = await openLogits(blobSource(file.name, file), labelFile ? {} : { labelColumn })
  try {
    const classes = reader.columns
    if (reader.shape.length !== 2) {
      const shape = reader.shape.map((length) => length ?? '?').join(' × ')
      throw new InputError(`${file.name}: rows × classes are expected, and its shape is ${shape}`)
    }
    if (classes < 2) throw new InputError(`${file.name}: a row needs at least two classes, and these have ${classes}`)
    const bytes = reader.dtype === 'float64' ? 8 : 4
    if (reader.rows !== undefined) refuseLarge(files, reader.rows * classes * bytes)
    const classNames = (await namesFrom(files.names, classes)) ?? reader.names
    const decoder = new LabelDecoder(file.name, 'row', classNames)
    const column: number[] = []
    const blocks: ScoreArray[] = []
    let length = 0
    for await (const { values, labels = [], position } of reader.batches()) {
      for (const label of labels) column.push(decoder.decode(label, column.length))
      // the reader uses its memory again
      blocks.push(values instanceof Uint16Array ? decodeFloat16(values) : values.slice())
      length += values.length
      refuseLarge(files, length * bytes)
      onProgress(position / file.size)
    }
    const rows = length / classes
    if (rows === 0) throw new InputError(`${file.name}: there are no rows in it`)
    const scores = joined(blocks, length)
    const labels = labelFile ? await labelsFrom(labelFile, files, rows, classNames) : Int32Array.from(column)
    checkRange(labelFile ?? file, labels, classes)
    return { scores, labels, shape: [rows, classes], classNames }
  } finally {
    await reader.close()
  }
}

function refuseLarge({ logits, labels, labelColumn }: Files, bytes: number): void {
  if (bytes <= mostBytes) return
  const named = `${labels ? ` --labels ${labels.name}` : ''}${labelColumn ? ` --label-column ${labelColumn}` : ''}`
  throw new InputError(
    `${logits.name}: it holds more than ${mostBytes / 2 ** 20} MB of numbers, too many for a browser; ` +
      `the command takes it: onesum report ${logits.name}${named} -o report.html`,
  )
}

/** All blocks, one after the other; each is let go of as soon as it is copied. */
function joined(blocks: ScoreArray[], length: number): ScoreArray {
  if (blocks.length === 1) return blocks[0]
  const all = blocks[0] instanceof Float64Array ? new Float64Array(length) : new Float32Array(length)
  let at = 0
  for (let block = blocks.shift(); block; block = blocks.shift()) {
    all.set(block, at)
    at += block.length
  }
  return all
}

/** Labels of a file of their own; `logits` say how many there should be. */
async function labelsFrom(
  file: File,
  { logits, labelColumn }: Files,
  rows: number,
  classNames: readonly string[] | undefined,
): Promise<Int32Array> {
  const options = { ...(classNames && { classNames }), ...(labelColumn && { labelColumn }) }
  const reader = await openLabels(blobSource(file.name, file), options)
  try {
    // one more than there should be, to see whether there are too many
    const labels = await reader.next(rows + 1)
    if (labels.length === rows) return labels
    const many = labels.length > rows ? `more than ${rows} labels` : `${labels.length} labels`
    throw new InputError(`${file.name}: it holds ${many}, and ${logits.name} has ${rows} rows`)
  } finally {
    await reader.close()
  }
}

function checkRange(file: File, labels: Int32Array, classes: number): void {
  const wrong = labels.findIndex((label) => !(label >= 0 && label < classes))
  if (wrong < 0) return
  throw new InputError(
    `${file.name}: row ${wrong}: the label ${labels[wrong]} is out of range for ${classes} classes (0 to ${classes - 1})`,
  )
}

async function namesFrom(file: File | undefined, classes: number): Promise<string[] | undefined> {
  if (!file) return undefined
  if (file.size > mostNameBytes) throw new InputError(`${file.name}: it is too large to hold the names of classes`)
  const names = await readNames(blobSource(file.name, file))
  if (names.length === classes) return names
  throw new InputError(`${file.name}: it holds ${names.length} names, and a row has ${classes} classes`)
}

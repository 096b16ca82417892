import { InputError, LabelDecoder, type LabelsReader } from '@onesum/io'
import type { Piece } from './pieces.ts'

/** The labels beside rows of logits, a piece at a time. */
export interface Labels {
  /** One label for each of the next `rows` rows; fewer when there are no more. */
  next(rows: number, piece: Piece): Promise<Int32Array>
  /** Where names are learned: those so far, in the order of their class numbers; undefined if the labels are numbers. */
  learned(): string[] | undefined
  /** How many labels come after those that were taken. */
  rest(): Promise<number>
  close(): Promise<void>
}

/** Labels in a file of their own. */
export function separateLabels(reader: LabelsReader): Labels {
  return {
    next: (rows) => reader.next(rows),
    learned: () => reader.learned(),
    async rest() {
      let count = 0
      for (let more = await reader.next(65536); more.length > 0; more = await reader.next(65536)) count += more.length
      return count
    },
    close: () => reader.close(),
  }
}

/** Labels in a column of the rows' own file; with `learns` they say what classes there are, unless `names` does. */
export function columnLabels(file: string, names: readonly string[] | undefined, learns = false): Labels {
  const decoder = new LabelDecoder(file, 'row', names, learns)
  let row = 0
  return {
    next: async (_, piece) => Int32Array.from(piece.labels ?? [], (label) => decoder.decode(label, row++)),
    learned: () => decoder.learned,
    rest: async () => 0,
    close: async () => {},
  }
}

export function checkLabels(labels: Int32Array, firstRow: number, classes: number, file: string): void {
  for (let i = 0; i < labels.length; i++) {
    if (!(labels[i] >= 0 && labels[i] < classes)) {
      throw new InputError(
        `${file}: row ${firstRow + i}: the label ${labels[i]} is out of range for ${classes} classes (0 to ${classes - 1})`,
      )
    }
  }
}

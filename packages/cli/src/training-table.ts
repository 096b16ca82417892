import { InputError } from '@onesum/io'
import { givenNames } from './class-names.ts'
import { gatherRows, openTable, readWhole } from './features.ts'
import { openLabelFile } from './files.ts'
import { checkLabels, columnLabels, type Labels, separateLabels } from './labels.ts'
import { count } from './numbers.ts'
import type { InputOptions } from './options.ts'
import type { Numbers } from './prepare.ts'
import type { Terminal } from './terminal.ts'

/** A label beyond these is a mistake sooner than a class. */
const mostClasses = 2 ** 20

export interface TableOptions extends InputOptions {
  labels?: string
  classes?: string[] | string
}

/** Rows with their classes. */
export interface Table {
  features: Numbers
  columns: number
  labels: Int32Array
  classes: number
  classNames: string[] | undefined
  featureNames: string[] | undefined
}

/** Reads features and labels whole; every row has its class, and there are two classes or more. */
export async function readTable(terminal: Terminal, name: string, options: TableOptions): Promise<Table> {
  const { labels: labelFile, labelColumn } = options
  const given = await givenNames(terminal, options.classes)
  const features = await openTable(terminal, name, {
    ...options,
    labelColumn: labelFile === undefined ? labelColumn : undefined,
  })
  let labels: Labels | undefined
  try {
    labels =
      labelFile === undefined
        ? columnLabels(name, given, true)
        : separateLabels(
            await openLabelFile(terminal, labelFile, {
              labelColumn,
              classNames: given,
              learnNames: given === undefined,
            }),
          )
    const found: Int32Array[] = []
    const reader = labels
    const values = await readWhole(terminal, name, features, async (piece) => {
      found.push(await reader.next(piece.values.length / features.columns, piece))
    })
    const file = labelFile ?? name
    const { columns } = features
    const classNumbers = joined(found)
    await checkCounts(name, file, values.length / columns, classNumbers.length, reader)
    return { features: values, columns, featureNames: features.names, ...numbered(file, classNumbers, given, reader) }
  } finally {
    await labels?.close()
    await features.input.reader.close()
  }
}

function joined(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

async function checkCounts(name: string, file: string, rows: number, labelled: number, labels: Labels): Promise<void> {
  const many = labelled + (await labels.rest())
  if (many !== rows) {
    const problem = many < rows ? 'fewer' : 'more'
    const header = many === rows + 1 && labels.learned() !== undefined
    throw new InputError(
      `${file}: ${problem} labels than rows: ${count(many, 'label')} for ${count(rows, 'row')} of ${name}` +
        (header ? '; if its first line is a header, pass the name there to --label-column' : ''),
    )
  }
  if (rows === 0) throw new InputError(`${name}: there are no rows to train on`)
}

/** Learned names in the order of the alphabet, so that the order of the rows does not matter. */
function numbered(
  file: string,
  labels: Int32Array,
  given: string[] | undefined,
  reader: Labels,
): Pick<Table, 'labels' | 'classes' | 'classNames'> {
  const learned = reader.learned()
  const names = given ?? learned?.slice().sort()
  const classes = names?.length ?? labels.reduce((most, label) => Math.max(most, label), 0) + 1
  checkLabels(labels, 0, classes, file)
  if (classes > mostClasses) {
    const row = labels.indexOf(classes - 1)
    throw new InputError(
      `${file}: row ${row}: the label ${classes - 1} asks for ${count(classes, 'class')}; number them from 0`,
    )
  }
  const first = labels[0]
  if (labels.every((label) => label === first)) {
    throw new InputError(
      `${file}: every row has the class ${learned?.[first] ?? first}; a classifier needs two or more`,
    )
  }
  if (learned === undefined) return { labels, classes, classNames: names }
  const places = learned.map((name) => names?.indexOf(name) ?? 0)
  return { labels: labels.map((label) => places[label]), classes, classNames: names }
}

export function rowsOf(table: Table, rows: Int32Array): Table {
  return {
    ...table,
    features: gatherRows(table.features, table.columns, rows),
    labels: Int32Array.from(rows, (row) => table.labels[row]),
  }
}

/** Classes of which no row exists. */
export function absentClasses({ labels, classes }: Table): number[] {
  const present = new Set(labels)
  return Array.from({ length: classes }, (_, c) => c).filter((c) => !present.has(c))
}

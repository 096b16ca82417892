import { InputError } from '@onesum/io'
import { type Assessment, assess, measure, renderReport } from '@onesum/report'
import { parseHTML } from 'linkedom'
import { classLabel } from './class-names.ts'
import { inCommandsWords, type LabelledOptions, type LabelledRows, readLabelled } from './labelled-rows.ts'
import type { NonFinite } from './nonfinite.ts'
import { count } from './numbers.ts'
import { writeText } from './output.ts'
import { Progress } from './progress.ts'
import type { Terminal } from './terminal.ts'

export interface ReportOptions extends LabelledOptions {
  output: string
  title?: string
  bins?: number
  bootstrap?: number
  folds?: number
  seed?: number
  force?: boolean
}

export interface ReportResult {
  assessment: Assessment
  nonFinite: NonFinite
}

/** Measures a model and writes the report; on any error nothing is written. */
export async function reportFile(terminal: Terminal, logits: string, options: ReportOptions): Promise<ReportResult> {
  const read = await readLabelled(terminal, 'read', logits, options)
  checkSeveralClasses(read)
  const { bins, bootstrap, folds, seed, classes, title = logits } = options
  const bar = new Progress(terminal, 'measure', read.scores.byteLength)
  try {
    const input = await measure(read.scores, read.labels, {
      shape: read.shape,
      from: read.from,
      skipUndefined: options.allowNonfinite ?? false,
      ...given({ bins, bootstrap, folds, seed, classNames: read.names }),
      title,
      files: {
        logits,
        ...given({ labels: options.labels, labelColumn: options.labelColumn, classes: classes?.toString() }),
      },
      onProgress: (part) => bar.update(part * read.scores.byteLength),
    }).catch((error) => {
      throw error instanceof RangeError ? inCommandsWords(logits, error) : error
    })
    const { document } = parseHTML('<!doctype html><html><body></body></html>')
    await writeText(terminal, options.output, renderReport(input, { document }), options.force ?? false)
    return { assessment: assess(input), nonFinite: read.nonFinite }
  } finally {
    bar.stop()
  }
}

/** One class tells nothing. */
export function checkSeveralClasses({ labels, labelFile, names }: LabelledRows): void {
  if (labels.some((label) => label !== labels[0])) return
  const rows = labels.length === 1 ? 'the only row is' : `all ${count(labels.length, 'row')} are`
  throw new InputError(
    `${labelFile}: ${rows} of class ${classLabel(labels[0], names)}: whether probabilities are right cannot be told from one class`,
  )
}

/** Options without those that were left out. */
export function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

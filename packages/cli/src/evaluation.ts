import { Evaluation, type Metrics } from 'onesum/metrics'
import { UsageError } from './errors.ts'
import { inCommandsWords, type LabelledOptions, type Table, visitLabelled } from './labelled-rows.ts'
import type { NonFinite } from './nonfinite.ts'
import { count } from './numbers.ts'
import type { Terminal } from './terminal.ts'

export interface EvaluateOptions extends LabelledOptions {
  bins?: number
  topK?: number[]
  bootstrap?: number
  seed?: number
  /** Whether what is told of the classes takes the time it needs, whatever the size. */
  detail?: boolean
}

export interface EvaluationResult {
  metrics: Metrics
  /** What was not finite, when that was allowed. */
  nonFinite: NonFinite
  classNames: string[] | undefined
}

/** Streams logits and labels through one Evaluation; every error comes before any result. */
export async function evaluateFile(
  terminal: Terminal,
  logits: string,
  options: EvaluateOptions,
): Promise<EvaluationResult> {
  let evaluation = new Evaluation()
  let classNames: string[] | undefined
  const nonFinite = await visitLabelled(terminal, 'evaluate', logits, options, (table) => {
    evaluation = open(table, options)
    classNames = table.names
    return (scores, labels, rows) => {
      try {
        evaluation.add(scores, labels, { shape: [rows, table.classes] })
      } catch (error) {
        throw error instanceof RangeError ? inCommandsWords(logits, error) : error
      }
    }
  })
  return { metrics: evaluation.result(), nonFinite, classNames }
}

function open({ classes }: Table, options: EvaluateOptions): Evaluation {
  const { from, bins, bootstrap, seed, topK = [1, 5].filter((k) => k <= classes) } = options
  const tooMany = topK.find((k) => k > classes)
  if (tooMany !== undefined) throw new UsageError(`--top-k ${tooMany} is more than the ${count(classes, 'class')}`)
  // the guard has looked at the first rows already, so the evaluation need not
  return new Evaluation({
    from: from ?? 'logits',
    bins,
    topK,
    bootstrap,
    seed,
    auc: options.detail ? 'always' : 'exact',
    skipUndefined: options.allowNonfinite ?? false,
  })
}

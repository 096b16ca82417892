import { entropy, softmax } from 'onesum'
import { openInput } from './files.ts'
import type { From, InputOptions } from './options.ts'
import { rowPieces } from './pieces.ts'
import { logitsOf } from './prepare.ts'
import { guardedPieces } from './probability-guard.ts'
import type { Terminal } from './terminal.ts'

/** What probabilities say about themselves, without labels to hold them against. */
export interface Claims {
  rows: number
  classes: number
  /** Mean of each row's largest probability. */
  meanConfidence: number
  /** Mean entropy of the rows, in nats, at most log(classes). */
  meanEntropy: number
  /** Rows whose largest probability is below one half. */
  undecided: number
  /** Rows without a distribution, which the means leave out. */
  skipped: number
}

export async function readClaims(
  terminal: Terminal,
  name: string,
  options: InputOptions & { from?: From },
): Promise<Claims> {
  const { reader } = await openInput(terminal, name, options)
  const classes = reader.columns
  let rows = 0
  let skipped = 0
  let undecided = 0
  let confidences = 0
  let entropies = 0
  try {
    const { from } = options
    for await (const piece of guardedPieces(rowPieces(reader, name), { length: classes, inner: 1 }, from, name)) {
      const logits = logitsOf(piece.values, from ?? 'logits', name, piece.offset, classes)
      const shape = [logits.length / classes, classes]
      const probabilities = softmax(logits, { shape, dtype: 'float64' })
      const rowEntropies = entropy(logits, { shape, dtype: 'float64' })
      rows += shape[0]
      for (let row = 0; row < shape[0]; row++) {
        const confidence = largest(probabilities, row * classes, classes)
        if (Number.isNaN(confidence)) {
          skipped++
          continue
        }
        if (confidence < 0.5) undecided++
        confidences += confidence
        entropies += rowEntropies[row]
      }
    }
  } finally {
    await reader.close()
  }
  const kept = rows - skipped
  return { rows, classes, meanConfidence: confidences / kept, meanEntropy: entropies / kept, undecided, skipped }
}

/** NaN when the row has one. */
function largest(values: Float64Array, start: number, length: number): number {
  let result = values[start]
  for (let i = start + 1; i < start + length; i++) result = Math.max(result, values[i])
  return result
}

import { argmax } from 'onesum'
import type { SoftmaxClassifier } from 'onesum/classifier'
import { Evaluation, type Metrics } from 'onesum/metrics'
import { Confusion } from './confusion.ts'
import type { Numbers } from './prepare.ts'

/** Logits held at once. */
const heldLogits = 2 ** 20

/** How a classifier does on some rows. */
export interface Figures {
  metrics: Metrics
  confusion: Confusion
}

export function figuresOf(classifier: SoftmaxClassifier, features: Numbers, labels: Int32Array): Figures {
  const { classes, features: columns } = classifier
  const evaluation = new Evaluation({ from: 'logits', topK: [1] })
  const confusion = new Confusion(classes)
  const step = Math.max(1, Math.floor(heldLogits / classes))
  for (let from = 0; from < labels.length; from += step) {
    const truth = labels.subarray(from, from + step)
    const part = Float64Array.from(features.subarray(from * columns, (from + truth.length) * columns))
    const logits = classifier.logits(part, { shape: [truth.length, columns] })
    const shape = [truth.length, classes]
    evaluation.add(logits, truth, { shape })
    const answers = argmax(logits, { shape })
    for (let i = 0; i < truth.length; i++) confusion.add(truth[i], answers[i])
  }
  return { metrics: evaluation.result(), confusion }
}

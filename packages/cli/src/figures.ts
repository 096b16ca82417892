import type { SoftmaxClassifier } from 'onesum/classifier'
import { Evaluation, type Metrics } from 'onesum/metrics'
import type { Numbers } from './prepare.ts'

/** Logits held at once. */
const heldLogits = 2 ** 20

/** How a classifier does on some rows; its temperature counts. */
export function figuresOf(classifier: SoftmaxClassifier, features: Numbers, labels: Int32Array): Metrics {
  const { classes, features: columns, temperature } = classifier
  const evaluation = new Evaluation({ from: 'logits', topK: [1] })
  const step = Math.max(1, Math.floor(heldLogits / classes))
  for (let from = 0; from < labels.length; from += step) {
    const truth = labels.subarray(from, from + step)
    const part = Float64Array.from(features.subarray(from * columns, (from + truth.length) * columns))
    const logits = classifier.logits(part, { shape: [truth.length, columns] })
    evaluation.add(
      logits.map((z) => z / temperature),
      truth,
      { shape: [truth.length, classes] },
    )
  }
  return evaluation.result()
}

import { softmax, topK } from 'onesum'

/**
 * The names of the k most probable classes of each row, most probable first.
 *
 * @param {{ data: Float32Array, dims: readonly number[], type?: string }} logits what a model gave, rows × classes
 * @param {readonly string[]} names of the classes, in the model's order
 * @param {number} [k] by default all of them
 * @returns {{ name: string, probability: number }[][]} a list for each row
 */
export function classify(logits, names, k = names.length) {
  const { values, indices } = topK(softmax(logits), k)
  const rows = Array.from({ length: logits.dims[0] }, (_, row) => row * k)
  return rows.map((start) =>
    Array.from({ length: k }, (_, i) => ({
      name: names[indices.data[start + i]],
      probability: values.data[start + i],
    })),
  )
}

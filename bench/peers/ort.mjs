import { oneNodeModel } from '../src/onnx-model.mjs'
import { timeAsyncCalls } from '../src/timing.mjs'

/** What inference has of the operations. @type {Partial<Record<import('../src/operations.mjs').Operation, any>>} */
const nodes = { softmax: 'Softmax', logSoftmax: 'LogSoftmax', logSumExp: 'ReduceLogSumExp' }

/**
 * ONNX Runtime on a model of one node, one thread, from the user's array into a fresh one: both packages make one at
 * each call, even where they are given a tensor for the output.
 * @param {any} ort the package
 * @param {string} name
 * @param {string} provider
 */
export function ortContenders(ort, name, provider) {
  const options = { executionProviders: [provider], intraOpNumThreads: 1, interOpNumThreads: 1 }
  /**
   * @param {import('../src/workload.mjs').Workload} workload
   * @returns {Promise<import('../src/timing.mjs').Contender[]>}
   */
  return async ({ operation, shape, x }) => {
    const node = nodes[operation]
    if (node === undefined) return []
    const session = await ort.InferenceSession.create(oneNodeModel(node, shape.axis, shape.dims.length), options)
    const feeds = { x: new ort.Tensor('float32', x, shape.dims) }
    /** @type {Float32Array} */
    let values
    const run = async () => {
      values = (await session.run(feeds)).y.data
    }
    return [
      {
        name,
        time: timeAsyncCalls(run),
        output: () => ({ values }),
        dispose: () => session.release(),
      },
    ]
  }
}

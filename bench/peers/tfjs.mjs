import { timeCalls } from '../src/timing.mjs'

export const columns = ['tfjs resident', 'tfjs own arrays']

/** TensorFlow.js on its WebAssembly backend, one thread: on tensors that stay in its memory, and from and to arrays. */
export async function load() {
  const tf = await import('@tensorflow/tfjs')
  const { default: wasm } = await import('@tensorflow/tfjs-backend-wasm')
  wasm.setThreadsCount(1)
  if (!(await tf.setBackend('wasm'))) throw new Error('tfjs has no WebAssembly backend here')
  await tf.ready()
  return {
    contenders: (/** @type {import('../src/workload.mjs').Workload} */ workload) => contenders(tf, workload),
    versions: { tfjs: tf.version.tfjs },
  }
}

/**
 * @param {any} tf
 * @param {import('../src/workload.mjs').Workload} workload
 * @returns {import('../src/timing.mjs').Contender[]}
 */
function contenders(tf, workload) {
  const { operation, shape, x, labels } = workload
  const apply = calls(tf, shape)[operation]
  if (apply === undefined) return []
  const resident = tf.tensor(x, shape.dims)
  const oneHot =
    operation === 'crossEntropyWithGrad'
      ? tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(labels, 'int32'), shape.columns), 'float32'))
      : undefined
  /** @type {import('../src/timing.mjs').Output} */
  let last = { values: [] }
  const compute = () => tf.dispose(apply(resident, oneHot))
  const computeOwn = () => {
    const given = tf.tensor(x, shape.dims)
    last = read(apply(given, oneHot))
    given.dispose()
  }
  /** @param {any} result a tensor, or value and gradient */
  const read = (result) => {
    const values = (result.grad ?? result).dataSync()
    const loss = result.value?.dataSync()[0]
    tf.dispose(result)
    return { values, loss }
  }
  return [
    {
      name: 'tfjs resident',
      time: timeCalls(compute),
      output: () => read(apply(resident, oneHot)),
      dispose: () => tf.dispose([resident, oneHot]),
    },
    { name: 'tfjs own arrays', time: timeCalls(computeOwn), output: () => last },
  ]
}

/**
 * What tfjs has of the operations: softmax over the last axis alone, and no backward pass apart from the forward one.
 * @param {any} tf
 * @param {import('../src/shapes.mjs').Shape} shape
 * @returns {Partial<Record<import('../src/operations.mjs').Operation, (x: any, oneHot: any) => any>>}
 */
function calls(tf, { axis, inner }) {
  /** @param {any} x */
  const logSumExp = (x) => tf.tidy(() => tf.logSumExp(x, axis))
  if (inner !== 1) return { logSumExp }
  return {
    softmax: (x) => tf.softmax(x),
    logSoftmax: (x) => tf.tidy(() => tf.logSoftmax(x)),
    logSumExp,
    crossEntropyWithGrad: (x, oneHot) =>
      tf.tidy(() => tf.valueAndGrad((/** @type {any} */ given) => tf.losses.softmaxCrossEntropy(oneHot, given))(x)),
  }
}

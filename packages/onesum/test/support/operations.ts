import * as onesum from '../../src/index.ts'

/** The arguments of an operation as the tests of wrong inputs vary them: anything at all. */
export type Anything = never
type Call = (args: unknown[], options?: unknown) => unknown

/** One public function over rows, with arguments that are right: rows of three classes. */
export type Operation = {
  name: string
  kind: 'mapping' | 'derivative' | 'reduction' | 'loss' | 'elementwise'
  /** Names of the arguments that hold one number per entry, in order; `args` has them at these places. */
  operands: Record<string, number>
  args: () => unknown[]
  call: Call
  axis: boolean
  temperature: boolean
  mask: boolean
  many: boolean
  out: boolean
  reproducible: boolean
}

/** The functions that give the same bits everywhere when asked. */
const reproducible = /^(softmax|logSoftmax|logSumExp|crossEntropy)/

type AnyFunction = (...args: Anything[]) => unknown

/** The options as the last argument, those that must be there among them; other things than records as they are. */
function withRequired(options: unknown, required: object): unknown[] {
  if (Object.keys(required).length === 0) return options === undefined ? [] : [options]
  if (options === undefined) return [required]
  return [Object.getPrototypeOf(options ?? 0) === Object.prototype ? { ...required, ...(options as object) } : options]
}

function operation(
  f: AnyFunction,
  name: string,
  kind: Operation['kind'],
  operands: string[],
  { required = {}, ...more }: Partial<Operation> & { required?: object } = {},
): Operation {
  return {
    name,
    kind,
    operands: Object.fromEntries(operands.map((operand, i) => [operand, i])),
    args: () => operands.map(() => Float32Array.of(0.2, 0.3, 0.5)),
    call: (args, options) => f(...([...args, ...withRequired(options, required)] as Anything[])),
    temperature: kind === 'mapping' || kind === 'derivative',
    axis: kind !== 'elementwise',
    mask: kind !== 'loss' && kind !== 'elementwise',
    many: false,
    out: true,
    reproducible: reproducible.test(name),
    ...more,
  }
}

const floats = () => Float32Array.of(0.2, 0.3, 0.5)
const loss = { args: () => [floats(), [1]] }
const unmasked = { mask: false, temperature: false }
const lse = { temperature: false, many: true }

/** Every public function over rows. */
export const operations: Operation[] = [
  operation(onesum.softmax, 'softmax', 'mapping', ['x']),
  operation(onesum.logSoftmax, 'logSoftmax', 'mapping', ['x']),
  operation(onesum.hardmax, 'hardmax', 'mapping', ['x'], { temperature: false }),
  operation(onesum.softmaxBackward, 'softmaxBackward', 'derivative', ['y', 'gy']),
  operation(onesum.softmaxJvp, 'softmaxJvp', 'derivative', ['y', 'v']),
  operation(onesum.softmaxHvp, 'softmaxHvp', 'derivative', ['y', 'gy', 'v']),
  operation(onesum.topKSoftmax, 'topKSoftmax', 'mapping', ['x'], { args: () => [floats(), 2] }),
  operation(onesum.topKSoftmaxBackward, 'topKSoftmaxBackward', 'derivative', ['y', 'gy']),
  operation(onesum.gumbelSoftmax, 'gumbelSoftmax', 'mapping', ['x'], { required: { seed: 1 } }),
  operation(onesum.gumbelSoftmaxBackward, 'gumbelSoftmaxBackward', 'derivative', ['y', 'gy']),
  operation(onesum.normalizeLogits, 'normalizeLogits', 'mapping', ['x']),
  operation(onesum.normalizeLogitsBackward, 'normalizeLogitsBackward', 'derivative', ['x', 'gy']),
  operation(onesum.logOdds, 'logOdds', 'mapping', ['x']),
  operation(onesum.logOddsBackward, 'logOddsBackward', 'derivative', ['x', 'gy']),
  operation(onesum.sensitivity, 'sensitivity', 'derivative', ['x'], { args: () => [floats(), 1] }),
  operation(onesum.adjustLogits, 'adjustLogits', 'mapping', ['x'], {
    ...unmasked,
    args: () => [floats(), [0.2, 0.3, 0.5]],
  }),
  operation(onesum.correctPrior, 'correctPrior', 'mapping', ['probabilities'], {
    ...unmasked,
    required: { sourcePrior: [0.2, 0.3, 0.5], targetPrior: [0.5, 0.3, 0.2] },
  }),
  operation(onesum.estimatePrior, 'estimatePrior', 'reduction', ['probabilities'], {
    ...unmasked,
    out: false,
    required: { sourcePrior: [0.2, 0.3, 0.5] },
  }),
  operation(onesum.softmaxJacobian, 'softmaxJacobian', 'derivative', ['y'], { out: false }),
  operation(onesum.logSoftmaxBackward, 'logSoftmaxBackward', 'derivative', ['logY', 'gy']),
  operation(onesum.logSoftmaxJvp, 'logSoftmaxJvp', 'derivative', ['logY', 'v']),
  operation(onesum.logSoftmaxHvp, 'logSoftmaxHvp', 'derivative', ['logY', 'gy', 'v']),
  operation(onesum.sparsemax, 'sparsemax', 'mapping', ['x']),
  operation(onesum.sparsemaxBackward, 'sparsemaxBackward', 'derivative', ['y', 'gy']),
  operation(onesum.sparsemaxJvp, 'sparsemaxJvp', 'derivative', ['y', 'v']),
  operation(onesum.sparsemaxHvp, 'sparsemaxHvp', 'derivative', ['y', 'gy', 'v']),
  operation(onesum.entmax, 'entmax', 'mapping', ['x']),
  operation(onesum.entmaxBackward, 'entmaxBackward', 'derivative', ['y', 'gy']),
  operation(onesum.entmaxJvp, 'entmaxJvp', 'derivative', ['y', 'v']),
  operation(onesum.entmaxHvp, 'entmaxHvp', 'derivative', ['y', 'gy', 'v']),
  operation(onesum.logSumExp, 'logSumExp', 'reduction', ['x'], { ...lse, out: false }),
  operation(onesum.logSumExpBackward, 'logSumExpBackward', 'derivative', ['x'], { ...lse, args: () => [floats(), 1] }),
  operation(onesum.logSumExpJvp, 'logSumExpJvp', 'derivative', ['x', 'v'], { ...lse, out: false }),
  operation(onesum.logSumExpHvp, 'logSumExpHvp', 'derivative', ['x'], {
    ...lse,
    operands: { x: 0, v: 2 },
    args: () => [floats(), 1, floats()],
  }),
  operation(onesum.argmax, 'argmax', 'reduction', ['x'], { temperature: false, out: false }),
  operation(onesum.entropy, 'entropy', 'reduction', ['x'], { temperature: false, out: false }),
  operation(onesum.support, 'support', 'reduction', ['y'], { temperature: false, out: false }),
  operation(onesum.perplexity, 'perplexity', 'reduction', ['x'], { temperature: false, out: false }),
  operation(onesum.logitScale, 'logitScale', 'reduction', ['x'], { temperature: false, out: false }),
  operation(onesum.margin, 'margin', 'reduction', ['x'], { temperature: false, out: false }),
  operation(onesum.topK, 'topK', 'reduction', ['x'], { temperature: false, out: false, args: () => [floats(), 2] }),
  operation(onesum.crossEntropy, 'crossEntropy', 'loss', ['x'], { ...loss, out: false }),
  operation(onesum.crossEntropyWithGrad, 'crossEntropyWithGrad', 'loss', ['x'], loss),
  operation(onesum.crossEntropyHvp, 'crossEntropyHvp', 'loss', ['x'], {
    operands: { x: 0, v: 2 },
    args: () => [floats(), [1], floats()],
  }),
  operation(onesum.nllLoss, 'nllLoss', 'loss', ['logP'], { ...loss, out: false }),
  operation(onesum.nllLossWithGrad, 'nllLossWithGrad', 'loss', ['logP'], loss),
  operation(onesum.focalLoss, 'focalLoss', 'loss', ['x'], { ...loss, out: false }),
  operation(onesum.focalLossWithGrad, 'focalLossWithGrad', 'loss', ['x'], loss),
  operation(onesum.sparsemaxLoss, 'sparsemaxLoss', 'loss', ['x'], { ...loss, out: false }),
  operation(onesum.sparsemaxLossWithGrad, 'sparsemaxLossWithGrad', 'loss', ['x'], loss),
  operation(onesum.entmaxLoss, 'entmaxLoss', 'loss', ['x'], { ...loss, out: false }),
  operation(onesum.entmaxLossWithGrad, 'entmaxLossWithGrad', 'loss', ['x'], loss),
  operation(onesum.identity, 'identity', 'elementwise', ['x']),
  operation(onesum.identityBackward, 'identityBackward', 'elementwise', ['x', 'gy']),
  operation(onesum.relu, 'relu', 'elementwise', ['x']),
  operation(onesum.reluBackward, 'reluBackward', 'elementwise', ['x', 'gy']),
  operation(onesum.leakyRelu, 'leakyRelu', 'elementwise', ['x']),
  operation(onesum.leakyReluBackward, 'leakyReluBackward', 'elementwise', ['x', 'gy']),
  operation(onesum.elu, 'elu', 'elementwise', ['x']),
  operation(onesum.eluBackward, 'eluBackward', 'elementwise', ['x', 'gy']),
  operation(onesum.gelu, 'gelu', 'elementwise', ['x']),
  operation(onesum.geluBackward, 'geluBackward', 'elementwise', ['x', 'gy']),
  operation(onesum.silu, 'silu', 'elementwise', ['x']),
  operation(onesum.siluBackward, 'siluBackward', 'elementwise', ['x', 'gy']),
  operation(onesum.softplus, 'softplus', 'elementwise', ['x']),
  operation(onesum.softplusBackward, 'softplusBackward', 'elementwise', ['x', 'gy']),
  operation(onesum.sigmoid, 'sigmoid', 'elementwise', ['x']),
  operation(onesum.sigmoidBackward, 'sigmoidBackward', 'elementwise', ['x', 'gy']),
  operation(onesum.tanh, 'tanh', 'elementwise', ['x']),
  operation(onesum.tanhBackward, 'tanhBackward', 'elementwise', ['x', 'gy']),
]

/** Losses take a target as their second argument. */
export const losses = operations.filter((o) => o.kind === 'loss')

import * as onesum from '../../src/index.ts'

/** The arguments of an operation as the tests of wrong inputs vary them: anything at all. */
export type Anything = never
type Call = (args: unknown[], options?: unknown) => unknown

/** One public function over rows, with arguments that are right: rows of three classes. */
export type Operation = {
  name: string
  kind: 'mapping' | 'derivative' | 'reduction' | 'loss'
  /** Names of the arguments that hold one number per entry, in order; `args` has them at these places. */
  operands: Record<string, number>
  args: () => unknown[]
  call: Call
  temperature: boolean
  mask: boolean
  many: boolean
  out: boolean
  reproducible: boolean
}

/** The functions that give the same bits everywhere when asked. */
const reproducible = /^(softmax|logSoftmax|logSumExp|crossEntropy)/

type AnyFunction = (...args: Anything[]) => unknown

function operation(
  f: AnyFunction,
  name: string,
  kind: Operation['kind'],
  operands: string[],
  more: Partial<Operation> = {},
): Operation {
  return {
    name,
    kind,
    operands: Object.fromEntries(operands.map((operand, i) => [operand, i])),
    args: () => operands.map(() => Float32Array.of(0.2, 0.3, 0.5)),
    call: (args, options) => f(...([...args, ...(options === undefined ? [] : [options])] as Anything[])),
    temperature: kind === 'mapping' || kind === 'derivative',
    mask: kind !== 'loss',
    many: false,
    out: true,
    reproducible: reproducible.test(name),
    ...more,
  }
}

const floats = () => Float32Array.of(0.2, 0.3, 0.5)
const loss = { args: () => [floats(), [1]] }
const lse = { temperature: false, many: true }

/** Every public function over rows. */
export const operations: Operation[] = [
  operation(onesum.softmax, 'softmax', 'mapping', ['x']),
  operation(onesum.logSoftmax, 'logSoftmax', 'mapping', ['x']),
  operation(onesum.hardmax, 'hardmax', 'mapping', ['x'], { temperature: false }),
  operation(onesum.softmaxBackward, 'softmaxBackward', 'derivative', ['y', 'gy']),
  operation(onesum.softmaxJvp, 'softmaxJvp', 'derivative', ['y', 'v']),
  operation(onesum.softmaxHvp, 'softmaxHvp', 'derivative', ['y', 'gy', 'v']),
  operation(onesum.softmaxJacobian, 'softmaxJacobian', 'derivative', ['y'], { out: false }),
  operation(onesum.logSoftmaxBackward, 'logSoftmaxBackward', 'derivative', ['logY', 'gy']),
  operation(onesum.logSoftmaxJvp, 'logSoftmaxJvp', 'derivative', ['logY', 'v']),
  operation(onesum.logSoftmaxHvp, 'logSoftmaxHvp', 'derivative', ['logY', 'gy', 'v']),
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
]

/** Losses take a target as their second argument. */
export const losses = operations.filter((o) => o.kind === 'loss')

/**
 * The activations of layers, one number at a time, forward and backward: they give hidden layers their non-linearity.
 *
 * All of them take an array or a tensor and answer in its kind, take ±Infinity to its limit and NaN to NaN, and are exact
 * to a few 1e-16 in both tails. A backward takes the input x of its forward (not the output) and the upstream gradient.
 */
import { ABOVE_ZERO, FINITE, readChoice, readNumber } from '../check.ts'
import { type ActivationName, applyActivation, applyActivationBackward, GELU_TANH } from '../kernels/js/elementwise.ts'
import { entryResults } from '../rows/results.ts'
import { type Opened, openRows } from '../rows/rows.ts'
import type { Dtype, Logits, Result, RowOptions } from '../rows/types.ts'

/** Options of every elementwise function; there is no axis. */
export type ElementwiseOptions<D extends Dtype | undefined = Dtype | undefined, B = unknown> = Omit<
  RowOptions<D, B>,
  'axis'
>

/** A function of one number, for arrays and tensors of any shape. */
export type Elementwise<O = unknown> = <T extends Logits, D extends Dtype | undefined = undefined, B = undefined>(
  x: T,
  options?: ElementwiseOptions<D, B> & O,
) => Result<T, D, NoInfer<B>>

/** The gradient with respect to x, from x and the upstream gradient. */
export type ElementwiseBackward<O = unknown> = <
  T extends Logits,
  D extends Dtype | undefined = undefined,
  B = undefined,
>(
  x: T,
  gy: Logits,
  options?: ElementwiseOptions<D, B> & O,
) => Result<T, D, NoInfer<B>>

/** The one option that some functions have beside those of all. */
interface Parameter {
  readonly option: string
  readonly read: (where: string, value: unknown) => number
}

const parameters: Partial<Record<ActivationName, Parameter>> = {
  leakyRelu: { option: 'negativeSlope', read: (where, v) => readNumber(where, 'negativeSlope', v, 0.01, 0, FINITE) },
  elu: { option: 'alpha', read: (where, v) => readNumber(where, 'alpha', v, 1, 0, FINITE) },
  softplus: { option: 'beta', read: (where, v) => readNumber(where, 'beta', v, 1, ABOVE_ZERO, FINITE) },
  gelu: {
    option: 'approximate',
    read: (where, v) => (readChoice(where, 'approximate', v, ['none', 'tanh']) === 'tanh' ? GELU_TANH : 0),
  },
}

function open(where: string, name: ActivationName, operands: readonly string[], args: Logits[], given?: object) {
  const parameter = parameters[name]
  const options = ['shape', 'dtype', 'out', ...(parameter ? [parameter.option] : [])]
  const call: Opened = openRows({ name: where, operands, options }, args, given)
  const value = parameter?.read(where, (call.options as Record<string, unknown>)[parameter.option])
  return { call, parameter: value, length: call.operands[0].elements.length }
}

function forward<O>(name: ActivationName): Elementwise<O> {
  return ((x: Logits, given?: object) => {
    const { call, parameter, length } = open(name, name, ['x'], [x], given)
    const results = entryResults(call)
    applyActivation(name, call.rows.inputs[0], results.elements, 0, length, parameter)
    return results.close()
  }) as Elementwise<O>
}

function backward<O>(name: ActivationName): ElementwiseBackward<O> {
  return ((x: Logits, gy: Logits, given?: object) => {
    const { call, parameter, length } = open(`${name}Backward`, name, ['x', 'gy'], [x, gy], given)
    const results = entryResults(call)
    const [from, upstream] = call.rows.inputs
    applyActivationBackward(name, from, upstream, results.elements, 0, length, parameter)
    return results.close()
  }) as ElementwiseBackward<O>
}

/**
 * The identity: what goes in comes out.
 *
 *     y = x
 *
 * @param x numbers: an array or a tensor of any shape
 * @param options `shape`, `dtype`, `out`
 * @returns y, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { identity } from 'onesum'
 *
 * identity([-1, 2]) // → [-1, 2]
 */
export const identity = /* @__PURE__ */ forward('identity')

/**
 * The gradient through `identity`: gx = gy.
 *
 * @param x what `identity` was given
 * @param gy the upstream gradient, one number per entry
 * @param options those that `identity` was given
 * @returns gx, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { identityBackward } from 'onesum'
 *
 * identityBackward([-1, 2], [0.5, 0.25]) // → [0.5, 0.25]
 */
export const identityBackward = /* @__PURE__ */ backward('identity')

/**
 * The rectifier: positive numbers pass, others become 0.
 *
 *     y = max(x, 0)
 *
 * @param x numbers: an array or a tensor of any shape
 * @param options `shape`, `dtype`, `out`
 * @returns y, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines, 2010
 * @example
 * import { relu } from 'onesum'
 *
 * relu([-1, 0, 2]) // → [0, 0, 2]
 */
export const relu = /* @__PURE__ */ forward('relu')

/**
 * The gradient through `relu`: gx = gy where x > 0, else 0 (at 0, too).
 *
 * @param x what `relu` was given
 * @param gy the upstream gradient, one number per entry
 * @param options those that `relu` was given
 * @returns gx, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { reluBackward } from 'onesum'
 *
 * reluBackward([-1, 0, 2], [1, 1, 1]) // → [0, 0, 1]
 */
export const reluBackward = /* @__PURE__ */ backward('relu')

/**
 * The leaky rectifier: negative numbers pass on a small part of themselves.
 *
 *     y = x where x > 0, else negativeSlope · x
 *
 * @param x numbers: an array or a tensor of any shape
 * @param options `shape`, `dtype`, `out`, `negativeSlope` (default 0.01, finite, >= 0)
 * @returns y, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Maas, Hannun and Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013
 * @example
 * import { leakyRelu } from 'onesum'
 *
 * leakyRelu([-1, 2]) // → [-0.01, 2]
 */
export const leakyRelu = /* @__PURE__ */ forward<{ negativeSlope?: number }>('leakyRelu')

/**
 * The gradient through `leakyRelu`: gx = gy where x > 0, else negativeSlope · gy.
 *
 * @param x what `leakyRelu` was given
 * @param gy the upstream gradient, one number per entry
 * @param options those that `leakyRelu` was given
 * @returns gx, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { leakyReluBackward } from 'onesum'
 *
 * leakyReluBackward([-1, 2], [1, 1]) // → [0.01, 1]
 */
export const leakyReluBackward = /* @__PURE__ */ backward<{ negativeSlope?: number }>('leakyRelu')

/**
 * The exponential linear unit: negative numbers level off at −alpha.
 *
 *     y = x where x > 0, else alpha (e^x − 1)
 *
 * @param x numbers: an array or a tensor of any shape
 * @param options `shape`, `dtype`, `out`, `alpha` (default 1, finite, >= 0)
 * @returns y, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Clevert, Unterthiner and Hochreiter, Exponential Linear Units, ICLR 2016, eq. 15
 * @example
 * import { elu } from 'onesum'
 *
 * elu([-1, 2]) // → [-0.63212, 2]
 */
export const elu = /* @__PURE__ */ forward<{ alpha?: number }>('elu')

/**
 * The gradient through `elu`: gx = gy where x > 0, else gy · alpha e^x.
 *
 * @param x what `elu` was given
 * @param gy the upstream gradient, one number per entry
 * @param options those that `elu` was given
 * @returns gx, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { eluBackward } from 'onesum'
 *
 * eluBackward([-1, 2], [1, 1]) // → [0.36788, 1]
 */
export const eluBackward = /* @__PURE__ */ backward<{ alpha?: number }>('elu')

/**
 * The Gaussian error linear unit: x times the chance that a standard normal number is below it.
 *
 *     y = x Φ(x);  approximate: 'tanh': y = x/2 (1 + tanh(√(2/π) (x + 0.044715 x³)))
 *
 * @param x numbers: an array or a tensor of any shape
 * @param options `shape`, `dtype`, `out`, `approximate` (`'none'` by default, or `'tanh'`; they differ by up to 5e-4)
 * @returns y, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Hendrycks and Gimpel, Gaussian Error Linear Units, 2016, section 2
 * @example
 * import { gelu } from 'onesum'
 *
 * gelu([-1, 2]) // → [-0.158655, 1.9545]
 */
export const gelu = /* @__PURE__ */ forward<{ approximate?: 'none' | 'tanh' }>('gelu')

/**
 * The gradient through `gelu`: gx = gy (Φ(x) + x φ(x)), or the derivative of the approximation.
 *
 * @param x what `gelu` was given
 * @param gy the upstream gradient, one number per entry
 * @param options those that `gelu` was given
 * @returns gx, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { geluBackward } from 'onesum'
 *
 * geluBackward([-1, 2], [1, 1]) // → [-0.083315, 1.0852]
 */
export const geluBackward = /* @__PURE__ */ backward<{ approximate?: 'none' | 'tanh' }>('gelu')

/**
 * The sigmoid linear unit, also called swish: x times its own sigmoid.
 *
 *     y = x σ(x)
 *
 * @param x numbers: an array or a tensor of any shape
 * @param options `shape`, `dtype`, `out`
 * @returns y, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Elfwing, Uchibe and Doya, Sigmoid-Weighted Linear Units, 2018
 * @example
 * import { silu } from 'onesum'
 *
 * silu([-1, 2]) // → [-0.268941, 1.7616]
 */
export const silu = /* @__PURE__ */ forward('silu')

/**
 * The gradient through `silu`: gx = gy σ(x) (1 + x σ(−x)).
 *
 * @param x what `silu` was given
 * @param gy the upstream gradient, one number per entry
 * @param options those that `silu` was given
 * @returns gx, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { siluBackward } from 'onesum'
 *
 * siluBackward([-1, 2], [1, 1]) // → [0.072329, 1.0908]
 */
export const siluBackward = /* @__PURE__ */ backward('silu')

/**
 * Softplus: a smooth rectifier, exact everywhere, so that it needs no threshold from which on it would be x.
 *
 *     y = log(1 + e^(beta x)) / beta
 *
 * @param x numbers: an array or a tensor of any shape
 * @param options `shape`, `dtype`, `out`, `beta` (default 1, finite, > 0)
 * @returns y, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @see Dugas et al., Incorporating Second-Order Functional Knowledge for Better Option Pricing, 2001
 * @example
 * import { softplus } from 'onesum'
 *
 * softplus([-1, 2]) // → [0.313262, 2.1269]
 */
export const softplus = /* @__PURE__ */ forward<{ beta?: number }>('softplus')

/**
 * The gradient through `softplus`: gx = gy σ(beta x).
 *
 * @param x what `softplus` was given
 * @param gy the upstream gradient, one number per entry
 * @param options those that `softplus` was given
 * @returns gx, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { softplusBackward } from 'onesum'
 *
 * softplusBackward([-1, 2], [1, 1]) // → [0.268941, 0.8808]
 */
export const softplusBackward = /* @__PURE__ */ backward<{ beta?: number }>('softplus')

/**
 * The logistic function: the softmax of [x, 0] at its first entry. For classes that do not exclude each other.
 *
 *     y = 1 / (1 + e^−x)
 *
 * @param x numbers: an array or a tensor of any shape
 * @param options `shape`, `dtype`, `out`
 * @returns y, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { sigmoid } from 'onesum'
 *
 * sigmoid([-1, 2]) // → [0.268941, 0.8808]
 */
export const sigmoid = /* @__PURE__ */ forward('sigmoid')

/**
 * The gradient through `sigmoid`: gx = gy σ(x) σ(−x).
 *
 * @param x what `sigmoid` was given
 * @param gy the upstream gradient, one number per entry
 * @param options those that `sigmoid` was given
 * @returns gx, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { sigmoidBackward } from 'onesum'
 *
 * sigmoidBackward([-1, 2], [1, 1]) // → [0.196612, 0.104994]
 */
export const sigmoidBackward = /* @__PURE__ */ backward('sigmoid')

/**
 * The hyperbolic tangent: from −1 to 1, with all digits near 0.
 *
 *     y = (e^x − e^−x) / (e^x + e^−x)
 *
 * @param x numbers: an array or a tensor of any shape
 * @param options `shape`, `dtype`, `out`
 * @returns y, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { tanh } from 'onesum'
 *
 * tanh([-1, 2]) // → [-0.76159, 0.96403]
 */
export const tanh = /* @__PURE__ */ forward('tanh')

/**
 * The gradient through `tanh`: gx = gy (1 − tanh² x).
 *
 * @param x what `tanh` was given
 * @param gy the upstream gradient, one number per entry
 * @param options those that `tanh` was given
 * @returns gx, in the kind of x
 * @throws TypeError where an argument is of the wrong kind, RangeError where its value is wrong
 * @example
 * import { tanhBackward } from 'onesum'
 *
 * tanhBackward([-1, 2], [1, 1]) // → [0.419974, 0.0706508]
 */
export const tanhBackward = /* @__PURE__ */ backward('tanh')

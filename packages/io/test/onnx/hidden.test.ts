import { type ActivationName, classifierFromJSON } from 'onesum/classifier'
import { describe, expect, it } from 'vitest'
import { classifierToOnnx } from '../../src/index.ts'
import { decode } from './decode.ts'
import { evaluate } from './evaluate.ts'

const names: ActivationName[] = ['identity', 'relu', 'leakyRelu', 'elu', 'gelu', 'silu', 'softplus', 'sigmoid', 'tanh']
const rows = 200
const waves = (length: number, seed: number): number[] =>
  Array.from({ length }, (_, i) => Math.sin((i + 1) * 12.9898 * seed))
const x = Float64Array.from(waves(rows * 6, 7), (v) => Math.fround(4 * v))
const fit = { objective: 0, gradientNorm: 0, iterations: 0, evaluations: 0, converged: true, reason: 'epochs', l2: 0 }

/** Two hidden layers, 6 → 8 → 5 → 4. */
const network = (activation: ActivationName, temperature = 1) =>
  classifierFromJSON({
    version: 1,
    kind: 'softmax classifier',
    classes: 4,
    features: 6,
    hidden: [
      { units: 8, weights: waves(48, 1), bias: waves(8, 2) },
      { units: 5, weights: waves(40, 3), bias: waves(5, 4) },
    ],
    activation,
    weights: waves(20, 5),
    bias: waves(4, 6),
    temperature,
    fit,
  })

function difference(bytes: Uint8Array, expected: Float64Array): number {
  const found = evaluate(decode(bytes), { features: { dims: [rows, 6], data: x } }).get('probabilities')
  return expected.reduce((worst, p, i) => Math.max(worst, Math.abs(p - (found?.data[i] as number))), 0)
}

describe('a network as an ONNX model', () => {
  it.each(names)('says what the classifier says, with %s', (activation) => {
    const classifier = network(activation)
    const expected = classifier.predictProbabilities(x, { shape: [rows, 6] })
    // half a unit of float32 at 1; gelu's erf is float32, off by 2^-25 of units of sizes up to 10 and weights up to 1
    expect(difference(classifierToOnnx(classifier), expected)).toBeLessThanOrEqual(
      activation === 'gelu' ? 1e-6 : 2 ** -25,
    )
    // weights of float32, each off by 2^-25 of sizes up to 1, through layers of 6, 8 and 5 inputs
    expect(difference(classifierToOnnx(classifier, { compute: 'float32' }), expected)).toBeLessThanOrEqual(1e-6)
    // sums in another order, and e^x − 1 that loses no more than 1e-16
    const bound = activation === 'gelu' ? 1e-6 : 1e-13
    expect(difference(classifierToOnnx(classifier, { dtype: 'float64' }), expected)).toBeLessThanOrEqual(bound)
  })

  it('divides its logits by the temperature', () => {
    const [cool, warm] = [network('tanh'), network('tanh', 2.5)]
    const expected = warm.predictProbabilities(x, { shape: [rows, 6] })
    expect(difference(classifierToOnnx(warm, { dtype: 'float64' }), expected)).toBeLessThanOrEqual(1e-13)
    expect(difference(classifierToOnnx(cool, { dtype: 'float64' }), expected)).toBeGreaterThan(1e-3)
    expect(decode(classifierToOnnx(cool)).nodes.map(({ type }) => type)).not.toContain('Div')
  })

  it('at a temperature of 0 gives all to the most probable class, which no division does', () => {
    expect(() => classifierToOnnx(network('relu', 0))).toThrow(RangeError)
  })

  it.each(names)('names each of its nodes and values once, with %s', (activation) => {
    const { nodes, inputs, constants } = decode(classifierToOnnx(network(activation, 3)))
    const made = [...inputs.map(({ name }) => name), ...constants.keys(), ...nodes.flatMap(({ outputs }) => outputs)]
    expect(new Set(made).size).toBe(made.length)
  })
})

import { readFileSync } from 'node:fs'
import { fitClassifier, type SoftmaxClassifier } from 'onesum/classifier'
import { describe, expect, it } from 'vitest'
import { bytesSource, classifierToOnnx, type OnnxOptions, openFeatures, openLabels } from '../../src/index.ts'
import { decode, type Model } from './decode.ts'
import { evaluate } from './evaluate.ts'

const data = (name: string) => readFileSync(new URL(`../../../../examples/data/${name}`, import.meta.url))

async function digits() {
  const reader = await openFeatures(bytesSource('x.npy', data('pixels.features.npy')))
  const x: number[] = []
  for await (const { values } of reader.batches()) x.push(...values)
  const y = await (await openLabels(bytesSource('y.npy', data('pixels.labels.npy')))).next(1e6)
  return { x: Float64Array.from(x), y, shape: [y.length, 64] as const }
}

/** The largest difference between the model's probabilities and the classifier's, and rows whose class differs. */
function compare(model: Model, classifier: SoftmaxClassifier, x: Float64Array, shape: readonly [number, number]) {
  const outputs = evaluate(model, { features: { dims: [...shape], data: x } })
  const found = outputs.get('probabilities')
  const expected = classifier.predictProbabilities(x, { shape })
  expect(found?.dims).toEqual([shape[0], classifier.classes])
  let worst = 0
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs((found?.data[i] as number) - (expected[i] as number)))
  }
  const labels = outputs.get('label')
  const other = classifier.predict(x, { shape }).filter((label, row) => label !== labels?.data[row]).length
  return { worst, other }
}

describe('a classifier as an ONNX model', () => {
  it('says what the classifier says of the digits', async () => {
    const { x, y, shape } = await digits()
    const classifier = fitClassifier(x, y, { shape })
    const worst = (options?: OnnxOptions) => {
      const found = compare(decode(classifierToOnnx(classifier, options)), classifier, x, shape)
      expect(found.other).toBe(0)
      return found.worst
    }
    // half a unit of float32 at 1
    expect(worst()).toBeLessThanOrEqual(2 ** -25 + 1e-12)
    // sums of 64 float64 terms of at most some 10, in another order, and a softmax by Math.exp
    expect(worst({ dtype: 'float64' })).toBeLessThanOrEqual(1e-12)
    // what is left here is the rounding of the weights to float32
    expect(worst({ compute: 'float32' })).toBeLessThanOrEqual(1e-6)
  })

  const small = fitClassifier([0, 1, 4, 5, 1, 0, 2, 2], ['low', 'low', 'high', 'höch'], {
    shape: [4, 2],
    featureNames: ['länge', 'w"x'],
  })

  it('is of IR version 8 and opset 13, with any number of rows', () => {
    const model = decode(classifierToOnnx(small))
    expect([model.irVersion, model.opset, model.domain]).toEqual([8, 13, ''])
    expect(model.inputs).toEqual([{ name: 'features', type: 1, dims: ['rows', 2] }])
    expect(model.outputs).toEqual([
      { name: 'probabilities', type: 1, dims: ['rows', 3] },
      { name: 'label', type: 7, dims: ['rows'] },
    ])
    expect([...model.constantType]).toEqual([11])
    expect(model.nodes.map(({ type }) => type)).toEqual(['Cast', 'Gemm', 'Softmax', 'Cast', 'ArgMax'])
  })

  it('is float32 throughout when asked', () => {
    const model = decode(classifierToOnnx(small, { compute: 'float32' }))
    expect(model.inputs[0]?.type).toBe(1)
    expect([...model.constantType]).toEqual([1])
    expect(model.nodes.map(({ type }) => type)).toEqual(['Gemm', 'Softmax', 'ArgMax'])
  })

  it('is float64 throughout when asked', () => {
    const model = decode(classifierToOnnx(small, { dtype: 'float64' }))
    expect(model.inputs[0]?.type).toBe(11)
    expect(model.outputs.map(({ type }) => type)).toEqual([11, 7])
    expect([...model.constantType]).toEqual([11])
    expect(model.constants.get('classes_weights')?.data).toEqual(small.weights)
    expect(model.constants.get('classes_bias')?.data).toEqual(small.bias)
  })

  it('names each of its nodes and values once, as ONNX demands', () => {
    const { nodes, inputs, constants } = decode(classifierToOnnx(small))
    const made = [...inputs.map(({ name }) => name), ...constants.keys(), ...nodes.flatMap(({ outputs }) => outputs)]
    expect(new Set(made).size).toBe(made.length)
  })

  it('carries the names of classes and features, in any script', () => {
    const { metadata } = decode(classifierToOnnx(small))
    expect(JSON.parse(metadata.class_names ?? '')).toEqual(['high', 'höch', 'low'])
    expect(JSON.parse(metadata.feature_names ?? '')).toEqual(['länge', 'w"x'])
  })

  it('has no names where the classifier has none', () => {
    expect(decode(classifierToOnnx(fitClassifier([0, 1], [0, 1], { shape: [2, 1] }))).metadata).toEqual({})
  })

  it('refuses another precision', () => {
    for (const name of ['dtype', 'compute']) {
      const problem = `classifierToOnnx: "${name}" expected 'float32' or 'float64', got "float16"`
      expect(() => classifierToOnnx(small, { [name]: 'float16' })).toThrow(new TypeError(problem))
    }
  })
})

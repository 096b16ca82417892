import { expect, test } from 'vitest'
import { crossEntropy, logSumExp, softmax, softmaxBackward } from '../src/index.ts'

/** An array whose memory was given away, as to a worker. */
function detached(): Float32Array {
  const array = Float32Array.of(1, 2, 3)
  structuredClone(array, { transfer: [array.buffer] })
  return array
}

test('a detached array is named, not taken for an empty one', () => {
  for (const call of [
    () => softmax(detached()),
    () => logSumExp(detached()),
    () => softmax({ data: detached(), dims: [0] }),
  ]) {
    expect(call).toThrow(/"x" expected .*, got a detached array; its memory was transferred/)
  }
  expect(() => softmaxBackward(new Float32Array(0), detached())).toThrow(/softmaxBackward: "gy" expected .*detached/)
  expect(softmax(new Float32Array(0))).toEqual(new Float32Array(0))
})

test('neither are masks, targets and outputs', () => {
  const x = new Float32Array(0)
  expect(() => softmax(x, { mask: { data: detached(), dims: [0] } })).toThrow(/"mask" expected .*detached/)
  expect(() => crossEntropy(x, detached(), { shape: [0, 3] })).toThrow(/"target" expected .*detached/)
  expect(() => softmax(x, { out: detached() })).toThrow(/"out" expected .*detached/)
})

test('an array that reaches beyond its shrunk memory is named, too', () => {
  type Resizable = ArrayBuffer & { resize(bytes: number): void }
  const memory: Resizable = Reflect.construct(ArrayBuffer, [12, { maxByteLength: 12 }])
  const [fixed, tracking] = [new Float32Array(memory, 0, 3), new Float32Array(memory)]
  memory.resize(4)
  expect(() => softmax(fixed)).toThrow(/"x" expected .*detached.*shrunk/)
  expect(softmax(tracking)).toEqual(Float32Array.of(1))
})

import { expect, test } from 'vitest'
import { logSumExp, softmax, softmaxBackward } from '../src/index.ts'

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

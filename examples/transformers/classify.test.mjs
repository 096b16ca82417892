// No model is needed here: a tensor of Transformers.js is { data, dims, type } to onesum.
import assert from 'node:assert/strict'
import test from 'node:test'
import { classify } from './classify.mjs'

const names = ['NEGATIVE', 'POSITIVE']
const logits = { data: Float32Array.of(Math.log(3), 0, -1, -1, 0, 40), dims: [3, 2], type: 'float32' }

test('each row is ranked, with probabilities', () => {
  const [first, tied, certain] = classify(logits, names)
  assert.deepEqual(
    first.map(({ name }) => name),
    ['NEGATIVE', 'POSITIVE'],
  )
  // exp(log 3) against exp(0): three parts to one, in float32
  assert.ok(Math.abs(first[0].probability - 0.75) < 1e-6)
  assert.ok(Math.abs(first[1].probability - 0.25) < 1e-6)
  assert.deepEqual(tied, [
    { name: 'NEGATIVE', probability: 0.5 },
    { name: 'POSITIVE', probability: 0.5 },
  ])
  assert.deepEqual(certain[0], { name: 'POSITIVE', probability: 1 })
})

test('only the best k where k is given', () => {
  assert.deepEqual(
    classify(logits, names, 1).map((ranking) => ranking.map(({ name }) => name)),
    [['NEGATIVE'], ['NEGATIVE'], ['POSITIVE']],
  )
})

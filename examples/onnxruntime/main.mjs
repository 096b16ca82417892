// The outputs of an ONNX model become probabilities, and go back into ONNX Runtime.
import { entropy, margin, softmax, topK } from 'onesum'
import { evaluate } from 'onesum/metrics'
import * as ort from 'onnxruntime-node'
import { model } from './model.mjs'

const session = await ort.InferenceSession.create(model)
const x = new ort.Tensor('float32', [1, 2, -1, 0.5, 2, -1, 0.1, 0], [4, 2])
const { logits } = await session.run({ x })

// a tensor goes straight in; { data, dims, type } comes back
const y = softmax(logits)
for (let row = 0; row < y.dims[0]; row++) {
  console.log(`row ${row}:`, Array.from(y.data.subarray(row * 3, row * 3 + 3), (p) => p.toFixed(4)).join('  '))
}

// reductions of a tensor are tensors too, one number for each row
console.log('class:  ', topK(logits, 1).indices.data.join('  '))
console.log('entropy:', Array.from(entropy(logits).data, (nats) => nats.toFixed(3)).join('  '))
console.log('margin: ', Array.from(margin(logits).data, (gap) => gap.toFixed(3)).join('  '))

// how good they are, given the true classes (an int64 tensor does, as ONNX models have them)
const labels = new ort.Tensor('int64', [0n, 1n, 0n, 2n], [4])
const { accuracy, nll, brier } = evaluate(logits, labels)
console.log(`accuracy ${accuracy}, NLL ${nll.toFixed(4)}, Brier ${brier.toFixed(4)}`)

// back into a tensor of ONNX Runtime, for the next model
const probabilities = new ort.Tensor(y.type, y.data, y.dims)
console.log(`back in ONNX Runtime: ${probabilities.type} [${probabilities.dims}]`)

// A layer of TensorFlow.js is trained with onesum's cross-entropy, and its logits become probabilities.
import * as tf from '@tensorflow/tfjs'
import { crossEntropyWithGrad, softmax } from 'onesum'
import { evaluate } from 'onesum/metrics'

const layer = tf.layers.dense({ units: 3, inputShape: [2] })
const model = tf.sequential({ layers: [layer] })
const weights = tf.tensor2d([2, -1, 0.5, 0, 1.5, -1], [2, 3])
const bias = tf.tensor1d([0.1, 0, -0.1])
layer.setWeights([weights, bias])

const x = tf.tensor2d([1, 2, -1, 0.5, 2, -1, 0.1, 0], [4, 2])
const labels = tf.tensor1d([0, 1, 0, 2], 'int32')

// a tensor goes straight in; { data, shape } comes back, and tf.tensor wraps it
const wrap = ({ data, shape }) => tf.tensor(data, shape)

for (let step = 0; step <= 100; step++) {
  const loss = tf.tidy(() => {
    const { loss, grad } = crossEntropyWithGrad(model.predict(x), labels)
    // the gradient with respect to the logits; the layer's own follow by the chain rule: xᵀ · grad, and its sum
    const g = wrap(grad)
    const [w, b] = layer.getWeights()
    layer.setWeights([w.sub(tf.matMul(x, g, true, false).mul(0.5)), b.sub(g.sum(0).mul(0.5))])
    return loss
  })
  if (step % 25 === 0) console.log(`step ${step}: loss ${loss.toFixed(4)}`)
}

const logits = model.predict(x)
const probabilities = wrap(softmax(logits))
probabilities.print()

const { accuracy, nll, ece } = evaluate(logits, labels)
console.log(`accuracy ${accuracy}, NLL ${nll.toFixed(4)}, ECE ${ece.toFixed(4)}`)

// TensorFlow.js has a softmax of its own: the largest difference is a rounding of float32
console.log('difference to tf.softmax:', probabilities.sub(tf.softmax(logits)).abs().max().dataSync()[0])

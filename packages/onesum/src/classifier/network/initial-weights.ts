/** The weights that a training begins with. */
import type { ActivationName } from '../../kernels/js/elementwise.ts'
import { uniform } from '../../random.ts'
import type { Layer } from './layers.ts'

const STREAM = 5

/**
 * Uniform within ±√(6 / inputs) for rectifiers and their kin (He et al., Delving Deep into Rectifiers, 2015), else within
 * ±√(6 / (inputs + units)) (Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks,
 * 2010); intercepts are 0.
 */
export function drawWeights(layers: readonly Layer[], activation: ActivationName, seed: number): void {
  let draw = 0
  for (const [i, { weights, inputs, units, columns }] of layers.entries()) {
    const hidden = i < layers.length - 1
    const rectifies = hidden && !['identity', 'sigmoid', 'tanh'].includes(activation)
    const most = Math.sqrt(6 / (rectifies ? inputs : inputs + units))
    for (let unit = 0; unit < units; unit++) {
      for (let j = 0; j < inputs; j++) {
        weights[unit * columns + j] = most * (2 * uniform(seed, draw++, STREAM) - 1)
      }
    }
  }
}

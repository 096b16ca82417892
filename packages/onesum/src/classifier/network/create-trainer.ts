/** Opening a training step by step. */
import type { Logits } from '../../rows/types.ts'
import { type ClassLabels, openTraining } from '../data.ts'
import { NETWORK_OPTIONS, readNetworkSettings } from './options.ts'
import { Trainer, type TrainerOptions } from './trainer.ts'

/**
 * A network to train step by step: hidden layers and a softmax over classes, by Adam on mini-batches.
 *
 *     minimise  mean_i v_i · w_y_i · (−log softmax(W_L f(… f(W_1 x_i + b_1) …) + b_L)_y_i)
 *
 * A step is one mini-batch; after each epoch the held-out part is judged. `fitClassifier` with `hidden` is a loop over it.
 * It is random only by its `seed`: the same seed and engine give the same bits.
 *
 * @param features rows of features: an array with `shape`, or a tensor
 * @param labels the class of each row, as indices or names; or a distribution per row
 * @param options `hidden`, `activation` (default `'relu'`), `heldOut` (default 0.1), `patience` (10), `epochs` (200),
 *   `batchSize` (32), `learningRate` (1e-3), `dropout` (0), `weightDecay` (0), `resume`, and those of data as in `fitClassifier`
 * @throws RangeError that names row and column of a feature that is not finite, or the row of a label out of range
 * @see Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015
 * @example
 * import { createTrainer } from 'onesum/classifier'
 *
 * const xor = [0, 0, 0, 1, 1, 0, 1, 1]
 * const trainer = createTrainer(xor, [0, 1, 1, 0], { shape: [4, 2], hidden: [16], heldOut: 0, learningRate: 0.05 })
 * while (!trainer.epoch().reason);
 * trainer.classifier().predict(xor, { shape: [4, 2] }) // → Int32Array [0, 1, 1, 0]
 * trainer.release()
 */
export function createTrainer(features: Logits, labels: ClassLabels, options: TrainerOptions): Trainer {
  const where = 'createTrainer'
  const settings = readNetworkSettings(where, options, [...NETWORK_OPTIONS, 'resume'])
  return new Trainer(where, openTraining(where, features, labels, settings), settings, options.resume)
}

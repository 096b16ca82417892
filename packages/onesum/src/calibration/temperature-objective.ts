/** The mean negative log-likelihood as a function of the temperature, with its derivatives in 1/T. */
import { log } from '../kernels/js/log.ts'
import { Total } from '../kernels/js/total.ts'
import { run } from '../kernels/kernel.ts'
import { MOMENTS, momentsKernel } from '../kernels/moments.ts'
import { fromHalf } from '../rows/float16.ts'
import { eachBlock } from './blocks.ts'
import { eachPossible, type LabelledRows } from './labelled.ts'

/** What one pass over the rows tells, means over rows. With b = 1/T the loss is log Σ_k exp(b x_k) − b x_y. */
export interface LossAt {
  readonly loss: number
  /** d loss / d b: Σ_k p_k x_k − x_y. */
  readonly slope: number
  /** d² loss / d b²: the variance of x under p. */
  readonly curvature: number
  /** max x − x_y; 0 where every row is right. */
  readonly miss: number
}

/** The loss at a temperature. One pass of the kernels over the rows; sums in float64. */
export type TemperatureLoss = (temperature: number) => LossAt

/** Prepares passes over the rows: only the logit of each true class is kept. */
export function temperatureLoss(data: LabelledRows): TemperatureLoss {
  const { rows, from } = data
  // the sums show a row without a softmax, but not one that is no distribution
  if (from === 'probabilities') eachPossible(data, () => {})
  const truth = trueLogits(data)
  let moments = new Float64Array(0)
  return (temperature) => {
    const [loss, slope, curvature, miss] = [new Total(), new Total(), new Total(), new Total()]
    eachBlock(rows, from, (block, first) => {
      if (moments.length < MOMENTS * block.count) moments = new Float64Array(MOMENTS * block.count)
      run(momentsKernel, { ...block, temperature }, moments)
      for (let row = 0, at = 0; row < block.count; row++, at += MOMENTS) {
        const mass = moments[at + 1]
        const behind = moments[at] - truth[first + row]
        // NaN in the sums: the pass that checks every row names it
        if (!(mass > 0 && behind < Infinity)) eachPossible(data, () => {})
        const mean = moments[at + 2] / mass
        loss.add(log(mass) + behind / temperature)
        slope.add(behind + mean)
        curvature.add(moments[at + 3] / mass - mean * mean)
        miss.add(behind)
      }
    })
    const mean = (total: Total) => total.value / rows.count
    return { loss: mean(loss), slope: mean(slope), curvature: mean(curvature), miss: mean(miss) }
  }
}

/** Each row's logit of its true class. */
function trueLogits({ rows, labels, from }: LabelledRows): Float64Array {
  const { length, inner } = rows
  const [input] = rows.inputs
  const half = input instanceof Uint16Array
  const truth = new Float64Array(rows.count)
  for (let row = 0; row < truth.length; row++) {
    const i = row % inner
    const given = input[(((row - i) / inner) * length + labels[row]) * inner + i]
    const score = half ? fromHalf(given) : given
    truth[row] = from === 'probabilities' ? log(score) : score
  }
  return truth
}

import { outputLength } from '../src/operations.mjs'
import { rowStart } from '../src/shapes.mjs'
import { timeCalls } from '../src/timing.mjs'
import { loops } from './plain-loops.mjs'

export const columns = ['copy', 'JS loop']

/** A plain copy of the input, the ideal, and the loop that a careful programmer writes. */
export async function load() {
  return { contenders, versions: {} }
}

/**
 * @param {import('../src/workload.mjs').Workload} workload
 * @returns {import('../src/timing.mjs').Contender[]}
 */
function contenders(workload) {
  const { operation, shape, x } = workload
  const copied = new Float32Array(x.length)
  const values = new Float32Array(outputLength(operation, shape))
  const loop = loops[operation]
  let loss = 0
  const run = () => {
    loss = 0
    for (let row = 0; row < shape.rows; row++) loss += loop(workload, row, rowStart(shape, row), values)
  }
  return [
    { name: 'copy', time: timeCalls(() => copied.set(x)) },
    { name: 'JS loop', time: timeCalls(run), output: () => ({ values, loss: loss / shape.rows }) },
  ]
}

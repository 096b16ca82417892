/** Entmax by WebAssembly: long rows are reduced to the few entries that may have a probability. */
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { buffer, type MapRow } from '../js/dense.ts'
import { relaxed, strict } from './code/candidates.ts'
import { type Engine, type Exports, family, STAGE, TABLES } from './engine.ts'
import { within } from './scaling.ts'
import { engineFor, kernelsFor, type OneRow, pass } from './staging.ts'

const CANDIDATES = /* @__PURE__ */ family({ strict, relaxed })

/** Shorter rows are done as fast by the JS path. */
const LEAST_LENGTH = 16

/** Rows with more candidates are left to the JS path; the kernel may go beyond by the lanes of a few vectors. */
const MOST = (STAGE - TABLES) / 8 - 64

/**
 * Whether the rows were done. An entry that is `reach` · T or more below the maximum has no probability, so that the
 * row's result is that of its other entries alone, to the bit.
 */
export function entmaxWasm(rows: Rows, output: Elements, reach: number, row: MapRow, js: OneRow): boolean {
  const { length, temperature } = rows
  const running = engineFor(rows, output)
  if (!running || length < LEAST_LENGTH || !within(temperature)) return false
  const kernels = kernelsFor(CANDIDATES, rows, output)
  if (!kernels) return false
  return pass(rows, output, {
    kernel: ([x], y, _, count) => {
      for (let r = 0; r < count; r++) {
        const skip = 4 * r * length
        const found = kernels.candidates(x + skip, 4 * length, reach * temperature, TABLES, TABLES + 8 * MOST)
        if (found > MOST) return r
        spread(running, kernels, found, (y + skip) / 4, length, row, temperature)
      }
      return count
    },
    js,
    masked: [-Infinity],
    fill: 0,
  })
}

/** The result of the candidates in their places, 0 elsewhere; a row of NaN is NaN throughout. */
function spread(
  { floats, ints }: Engine,
  { clear }: Exports,
  found: number,
  at: number,
  length: number,
  row: MapRow,
  temperature: number,
): void {
  const values = buffer(0, found)
  const first = TABLES / 4
  for (let k = 0; k < found; k++) values[k] = floats[first + 2 * k + 1]
  row([values], found, temperature, 0)
  if (Number.isNaN(values[0])) floats.fill(NaN, at, at + length)
  else clear(4 * at, 4 * length)
  for (let k = 0; k < found; k++) floats[at + ints[first + 2 * k]] = values[k]
}

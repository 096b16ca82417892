/** Entmax by WebAssembly: long rows are reduced to the few entries that may have a probability. */
import type { Elements } from '../../rows/open.ts'
import type { Rows } from '../../rows/rows.ts'
import { buffer, type MapRow } from '../js/dense.ts'
import { kernelsFor } from './choice.ts'
import { relaxed, strict } from './code/candidates.ts'
import { type Engine, STAGE, TABLES } from './engine.ts'
import { type Exports, family } from './family.ts'
import type { Passage } from './passage.ts'
import { within } from './scaling.ts'
import { pass } from './staging.ts'

const CANDIDATES = /* @__PURE__ */ family({ strict, relaxed })

/** Shorter rows are done as fast by the JS path. */
const LEAST_LENGTH = 16

/** Rows with more candidates are left to the JS path; the kernel may go beyond by the lanes of a few vectors. */
const MOST = (STAGE - TABLES) / 8 - 64

/** What a kernel for one alpha brings along. */
interface Alpha {
  readonly reach: number
  readonly row: MapRow
  readonly js: (rows: Rows, output: Elements) => void
}

const ROWS: Passage<Alpha> = {
  kernel: ({ running, kernels, rows, own }, [x], y, _, count) => {
    const { length, temperature } = rows
    for (let r = 0; r < count; r++) {
      const skip = 4 * r * length
      const found = kernels.candidates(x + skip, 4 * length, own.reach * temperature, TABLES, TABLES + 8 * MOST)
      if (found > MOST) return r
      spread(running, kernels, found, (y + skip) / 4, length, own.row, temperature)
    }
    return count
  },
  js: (rows, output, own) => own.js(rows, output),
  masked: [-Infinity],
  fill: 0,
}

/**
 * Whether the rows were done. An entry that is `reach` · T or more below the maximum has no probability, so that the
 * row's result is that of its other entries alone, to the bit.
 */
export function entmaxWasm(rows: Rows, output: Elements, alpha: Alpha): boolean {
  if (rows.length < LEAST_LENGTH || !within(rows.temperature)) return false
  const kernels = kernelsFor(CANDIDATES, rows, output)
  return kernels !== undefined && pass(kernels, rows, output, ROWS, alpha)
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

import { InputError } from '@onesum/io'
import { looksLikeProbabilities } from 'onesum/metrics'
import type { From } from './options.ts'
import { heldElements, type Piece } from './pieces.ts'
import { type Numbers, numbersOf } from './prepare.ts'

/** As many rows decide, or fewer when they fill the memory. */
const rowsToJudge = 1000

export function refuseProbabilities(name: string): never {
  throw new InputError(
    `${name}: these look like probabilities (every row lies in [0, 1] and sums to 1), and logits are expected; ` +
      'pass --from probabilities, or --from logits to insist',
  )
}

/**
 * The same pieces, after a look at the first rows: numbers that are probabilities already are the commonest silent
 * error. It holds these rows back, so that nothing has been written when it refuses. An explicit `from` settles it.
 */
export async function* guardedPieces(
  source: AsyncIterable<Piece> | Iterable<Piece>,
  lanes: { length: number; inner: number },
  from: From | undefined,
  name: string,
): AsyncGenerator<Piece> {
  const { length, inner } = lanes
  const block = length * inner
  const held: Piece[] = []
  let rows = 0
  let elements = 0
  let undecided = from === undefined && block > 0
  let likely = false
  for await (const piece of source) {
    if (!undecided) {
      yield piece
      continue
    }
    // the reader uses its memory again for the next piece
    held.push({ ...piece, values: piece.values.slice() })
    const blocks = Math.min(piece.values.length / block, Math.ceil((rowsToJudge - rows) / inner))
    const judged = numbersOf(piece.values.subarray(0, blocks * block))
    likely = looksLikeProbabilities(judged, { shape: [blocks, length, inner], axis: 1 })
    rows += blocks * inner
    elements += piece.values.length
    if (likely && rows < rowsToJudge && elements < heldElements) continue
    if (likely) refuseProbabilities(name)
    undecided = false
    yield* held.splice(0)
  }
  if (undecided && likely) refuseProbabilities(name)
  yield* held.splice(0)
}

/** The same question about lines too long for memory: it takes their sums, over all of them. */
export class ProbabilitySums {
  readonly #length: number
  readonly #inner: number
  readonly #sums: Float64Array
  #inRange = true

  constructor(lines: number, length: number, inner: number) {
    this.#length = length
    this.#inner = inner
    this.#sums = new Float64Array(lines)
  }

  add(values: Numbers, offset: number): void {
    for (let i = 0; i < values.length && this.#inRange; i++) {
      const value = values[i]
      this.#inRange = value >= 0 && value <= 1
      const at = offset + i
      this.#sums[Math.floor(at / (this.#length * this.#inner)) * this.#inner + (at % this.#inner)] += value
    }
  }

  likely(): boolean {
    return this.#inRange && this.#sums.every((sum) => Math.abs(sum - 1) <= 1e-3)
  }
}

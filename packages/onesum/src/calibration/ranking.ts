/** Classes from the most probable down, found only as far as they are asked for. */

/**
 * A heap of classes by probability; equals come in the order of their index. Building it takes one pass, each class log₂ of
 * the number of classes.
 */
export class Ranking {
  readonly #heap: Int32Array
  #p: Float64Array = new Float64Array(0)
  #size = 0

  constructor(classes: number) {
    this.#heap = new Int32Array(classes)
  }

  /** Begins with the probabilities of a row. */
  start(p: Float64Array, size: number): void {
    this.#p = p
    this.#size = size
    for (let k = 0; k < size; k++) this.#heap[k] = k
    for (let at = (size >> 1) - 1; at >= 0; at--) this.#sink(at)
  }

  /** The next class; there must be one. */
  next(): number {
    const heap = this.#heap
    const first = heap[0]
    heap[0] = heap[--this.#size]
    this.#sink(0)
    return first
  }

  #sink(start: number): void {
    const heap = this.#heap
    const size = this.#size
    const sinking = heap[start]
    let at = start
    for (let child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#before(heap[child + 1], heap[child])) child++
      if (!this.#before(heap[child], sinking)) break
      heap[at] = heap[child]
      at = child
    }
    heap[at] = sinking
  }

  #before(a: number, b: number): boolean {
    const p = this.#p
    return p[a] > p[b] || (p[a] === p[b] && a < b)
  }
}

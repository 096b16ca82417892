/** Which rows were seen, as ranges of their numbers. */
import { readInteger, wrongValue } from '../check.ts'
import { readList } from './saved.ts'

/** From (included) to (not included). */
type Span = readonly [from: number, to: number]

export class Spans {
  /** Apart from each other, and in order. */
  #spans: Span[] = []

  /** Takes rows in; returns the number of one that is here already, and then takes nothing. */
  add(other: readonly Span[]): number | undefined {
    const all = [...this.#spans, ...other].sort(([a], [b]) => a - b)
    const joined: [number, number][] = []
    for (const [from, to] of all) {
      const last = joined[joined.length - 1]
      if (from === to) continue
      if (last && from < last[1]) return from
      if (last && from === last[1]) last[1] = to
      else joined.push([from, to])
    }
    this.#spans = joined
    return undefined
  }

  toJSON(): readonly Span[] {
    return this.#spans
  }

  restore(where: string, saved: unknown): void {
    const spans = readList(where, 'spans', saved).map((one): Span => {
      const [from, to] = readList(where, 'spans', one, 2)
      const start = readInteger(where, 'spans', from, undefined, 0, Number.MAX_SAFE_INTEGER)
      return [start, readInteger(where, 'spans', to, undefined, start, Number.MAX_SAFE_INTEGER)]
    })
    const twice = this.add(spans)
    if (twice !== undefined) throw wrongValue(where, 'spans', 'every row once', `row ${twice} twice`)
  }
}

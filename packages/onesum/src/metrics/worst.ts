/** The wrong rows that the model is surest of. */
import { readInteger } from '../check.ts'
import type { WrongRow } from './metrics.ts'
import { readFields, readList, readShare } from './saved.ts'

/** The k wrong rows of highest confidence, ties by row number: the same in any order of additions and merges. */
export class Worst {
  readonly most: number
  /** Worst first. */
  readonly rows: WrongRow[] = []

  constructor(most: number) {
    this.most = most
  }

  /** Whether a row of this confidence may belong here, without making one. */
  accepts(confidence: number): boolean {
    return this.rows.length < this.most || (this.most > 0 && confidence >= this.rows[this.most - 1].confidence)
  }

  add(wrong: WrongRow): void {
    if (!this.accepts(wrong.confidence)) return
    let at = this.rows.length
    while (at > 0 && comesBefore(wrong, this.rows[at - 1])) at--
    this.rows.splice(at, 0, wrong)
    if (this.rows.length > this.most) this.rows.pop()
  }

  merge(other: Worst): void {
    for (const wrong of [...other.rows]) this.add(wrong)
  }

  restore(where: string, saved: unknown, classes: number): void {
    for (const one of readList(where, 'worstRows', saved)) {
      const fields = readFields(where, 'worstRows', one)
      const index = (name: string, most: number) =>
        readInteger(where, `worstRows.${name}`, fields[name], undefined, 0, most)
      const share = (name: string) => readShare(where, `worstRows.${name}`, fields[name])
      this.add({
        row: index('row', Number.MAX_SAFE_INTEGER),
        confidence: share('confidence'),
        label: index('label', classes - 1),
        predicted: index('predicted', classes - 1),
        probability: share('probability'),
      })
    }
  }
}

function comesBefore(a: WrongRow, b: WrongRow): boolean {
  return a.confidence > b.confidence || (a.confidence === b.confidence && a.row < b.row)
}

/** One row of a text file before its fields are understood. */
export interface TextRecord {
  fields: readonly unknown[]
  /** Its line, from 1, or in a JSON array its row, from 0. */
  line: number
  /** A label that stands beside the fields: the key of a JSON Lines object. */
  label?: unknown
}

/** Records that were read together, and the bytes of the source they reach to. */
export interface RecordPart {
  records: TextRecord[]
  position: number
}

export type Records = AsyncGenerator<RecordPart>

/** Reads until at least `count` records are there or the end; `all` starts again from the first record. */
export async function peekRecords(records: Records, count: number): Promise<{ first: TextRecord[]; all: Records }> {
  const parts: RecordPart[] = []
  let found = 0
  while (found < count) {
    const next = await records.next()
    if (next.done) break
    parts.push(next.value)
    found += next.value.records.length
  }
  async function* all(): Records {
    try {
      yield* parts.splice(0)
      yield* records
    } finally {
      await records.return(undefined)
    }
  }
  return { first: parts.flatMap((part) => part.records).slice(0, count), all: all() }
}

/** All but the first `count` records. */
export async function* skipRecords(records: Records, count: number): Records {
  let left = count
  for await (const part of records) {
    const skipped = Math.min(left, part.records.length)
    left -= skipped
    yield skipped > 0 ? { ...part, records: part.records.slice(skipped) } : part
  }
}

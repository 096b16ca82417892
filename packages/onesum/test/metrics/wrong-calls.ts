import { expect, test } from 'vitest'

/** TypeError for a wrong kind, RangeError for a wrong value. */
export type Kind = typeof TypeError | typeof RangeError

/** A wrong call, by name, and the error it gets, to the letter. */
export type Wrong = readonly [name: string, call: () => unknown, kind: Kind, text: string]

/** What a call throws; undefined where it throws nothing. */
export function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return undefined
}

/** A test for each wrong call. */
export function expectErrors(table: readonly Wrong[]): void {
  for (const [name, call, kind, text] of table) {
    test(name, () => {
      const error = thrownBy(call)
      expect(error).toBeInstanceOf(kind)
      expect((error as Error).message).toBe(text)
    })
  }
}

/** An argument of a kind that the compiler refuses. */
export const wrong = (value: unknown) => value as never

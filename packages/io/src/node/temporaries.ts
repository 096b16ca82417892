import { unlinkSync } from 'node:fs'

/** Files that exist until their sink is committed or aborted. */
export const temporaries = new Set<string>()

/** Removes every unfinished file at once, synchronously: for handlers of signals and of `exit`. */
export function abortAll(): void {
  for (const path of temporaries) {
    try {
      unlinkSync(path)
    } catch {
      // gone already, or out of reach: nothing is left to do for this one
    }
  }
  temporaries.clear()
}

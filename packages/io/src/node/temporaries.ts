import { unlinkSync } from 'node:fs'

const paths = new Set<string>()
let watcher: (unfinished: boolean) => void = () => {}

/** Files that exist until their sink is committed or aborted. */
export const temporaries = {
  add(path: string): void {
    paths.add(path)
    if (paths.size === 1) watcher(true)
  },
  /** Whether it was among them. */
  delete(path: string): boolean {
    const known = paths.delete(path)
    if (known && paths.size === 0) watcher(false)
    return known
  },
}

/**
 * Tells whenever there begin to be unfinished files, and when there are none again. So a program can leave signals to the
 * system while nothing is to be cleared away: a handler would wait for the end of a long computation.
 */
export function watchUnfinished(listener: (unfinished: boolean) => void): void {
  watcher = listener
}

/** Removes every unfinished file at once, synchronously: for handlers of signals and of `exit`. */
export function abortAll(): void {
  for (const path of paths) {
    try {
      unlinkSync(path)
    } catch {
      // gone already, or out of reach: nothing is left to do for this one
    }
    temporaries.delete(path)
  }
}

/** Long work in pieces between which other tasks run. */

/** As much of an AbortSignal as is looked at, by a type that every library knows. */
export interface Signal {
  readonly aborted: boolean
  readonly reason?: unknown
}

/** Milliseconds of work after which others have their turn: half a frame. */
const TURN = 8

/** Runs steps to their end, giving way in between; rejects with the signal's reason, after the steps have cleaned up. */
export async function unhurried<P, R>(
  steps: Generator<P, R>,
  report: ((progress: P) => void) | undefined,
  signal: Signal | undefined,
): Promise<R> {
  const pause = turns()
  try {
    let start = performance.now()
    for (;;) {
      if (signal?.aborted) throw signal.reason ?? new Error('aborted')
      const { done, value } = steps.next()
      if (done) return value
      report?.(value)
      if (performance.now() - start < TURN) continue
      await pause.next()
      start = performance.now()
    }
  } finally {
    steps.return(undefined as R)
    pause.close()
  }
}

/** Waits for the end of the queue of tasks; a message comes sooner than a timer, which browsers hold back for 4 ms. */
function turns(): { next(): Promise<void>; close(): void } {
  if (typeof MessageChannel !== 'function') {
    return { next: () => new Promise((resolve) => setTimeout(resolve, 0)), close() {} }
  }
  const { port1, port2 } = new MessageChannel()
  return {
    next: () =>
      new Promise((resolve) => {
        port1.onmessage = () => resolve()
        port2.postMessage(undefined)
      }),
    close() {
      port1.close()
    },
  }
}

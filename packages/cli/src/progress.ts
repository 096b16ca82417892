import type { Writable } from 'node:stream'
import { Presets, SingleBar } from 'cli-progress'
import { bytes } from './numbers.ts'
import { isTerminal, type Terminal } from './terminal.ts'

const quietMs = 500

/**
 * A bar with a note and the time left, on stderr, only when that is a terminal and only when the work has lasted half a
 * second and is not nearly over. Without a known total the note stands alone. By default what is done are bytes, and the
 * note is their rate.
 */
export class Progress {
  readonly #stderr: Writable
  readonly #shown: boolean
  readonly #label: string
  readonly #total: number | undefined
  readonly #started = performance.now()
  #bar: SingleBar | undefined
  #done = 0

  /** With `beside`, results go to stdout meanwhile: on a terminal they show how far it is, and a bar would tear them. */
  constructor({ stderr, stdout }: Terminal, label: string, total: number | undefined, beside = false) {
    this.#stderr = stderr
    this.#shown = isTerminal(stderr) && !(beside && isTerminal(stdout))
    this.#label = label
    this.#total = total
  }

  update(done: number, note?: string): void {
    if (!this.#shown) return
    const elapsed = performance.now() - this.#started
    if (elapsed < quietMs) return
    const payload = { note: note ?? this.#rate(done, elapsed) }
    if (this.#bar === undefined) this.#bar = this.#start(done, payload)
    // the time left is reckoned from updates, and those that stand still would make it infinite
    else if (done === this.#done) this.#bar.update(payload)
    else this.#bar.update(done, payload)
    this.#done = done
  }

  stop(): void {
    this.#bar?.stop()
    this.#bar = undefined
  }

  #rate(done: number, elapsed: number): string {
    const rate = `${bytes((done / elapsed) * 1000)}/s`
    return this.#total === undefined ? `${bytes(done)} | ${rate}` : rate
  }

  #start(done: number, payload: object): SingleBar {
    const format =
      this.#total === undefined
        ? `${this.#label} {note}`
        : `${this.#label} {bar} {percentage}% | {note} | {eta_formatted} left`
    const bar = new SingleBar(
      { stream: this.#stderr as NodeJS.WriteStream, format, barsize: 28, clearOnComplete: true, linewrap: true },
      Presets.shades_classic,
    )
    bar.start(this.#total ?? 0, done, payload)
    return bar
  }
}

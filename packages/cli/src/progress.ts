import type { Writable } from 'node:stream'
import { Presets, SingleBar } from 'cli-progress'
import { bytes } from './numbers.ts'
import { isTerminal, type Terminal } from './terminal.ts'

const quietMs = 500

/**
 * A bar with rate and time left, on stderr, only when that is a terminal and only when the work has lasted half a
 * second and is not nearly over. Without a known total it counts what has passed.
 */
export class Progress {
  readonly #stderr: Writable
  readonly #shown: boolean
  readonly #label: string
  readonly #total: number | undefined
  readonly #started = performance.now()
  #bar: SingleBar | undefined

  /** With `beside`, results go to stdout meanwhile: on a terminal they show how far it is, and a bar would tear them. */
  constructor({ stderr, stdout }: Terminal, label: string, total: number | undefined, beside = false) {
    this.#stderr = stderr
    this.#shown = isTerminal(stderr) && !(beside && isTerminal(stdout))
    this.#label = label
    this.#total = total
  }

  update(done: number): void {
    if (!this.#shown) return
    const elapsed = performance.now() - this.#started
    if (elapsed < quietMs) return
    const payload = { done: bytes(done), rate: `${bytes((done / elapsed) * 1000)}/s` }
    if (this.#bar === undefined) this.#bar = this.#start(done, payload)
    else this.#bar.update(done, payload)
  }

  stop(): void {
    this.#bar?.stop()
    this.#bar = undefined
  }

  #start(done: number, payload: object): SingleBar {
    const format =
      this.#total === undefined
        ? `${this.#label} {done} | {rate}`
        : `${this.#label} {bar} {percentage}% | {rate} | {eta_formatted} left`
    const bar = new SingleBar(
      { stream: this.#stderr as NodeJS.WriteStream, format, barsize: 28, clearOnComplete: true, linewrap: true },
      Presets.shades_classic,
    )
    bar.start(this.#total ?? 0, done, payload)
    return bar
  }
}

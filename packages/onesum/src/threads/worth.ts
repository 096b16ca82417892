/**
 * Whether sharing a call is worth its cost just now.
 *
 * Method: both are timed, calls that were shared and calls that were not, for each kind of call, and the faster way is
 * taken. Nothing less tells a free core from a busy one: where all cores are busy a second thread does its part and costs
 * the first its time. Calls go alone so long after sharing was in vain, again and again, that it costs a fortieth of the
 * time at most.
 */
import type { Job } from '../kernels/wasm/pool.ts'
import { type Crew, PATIENCE } from './crew.ts'

/** Milliseconds of a call that wakes threads for itself; shorter ones are done sooner than anybody is up. */
const LONG = 0.1

/** So many calls of a kind go alone before one is shared: the fastest of them is what one thread takes at first. */
const FIRST = 3

/** One in so many calls goes alone where sharing pays. */
const CONTROL = 64

/** What a shared call must take at most, as a part of what one thread takes. */
const WORTH = 0.95

/** How much time may be lost, in calls, before no more are shared, and how many go alone then for each that was lost. */
const MOST_LOST = 4
const PAUSE = 40

/** How much may be gained beforehand, in calls, to make up for a loss: a few milliseconds now and then off the core. */
const MOST_GAINED = 100

/** So many shared calls of a kind say nothing: what is new is compiled while they run. */
const NEW = 2

/** The first time only so many go alone, for code that is new is slow for some calls more; each time so many times more. */
const FIRST_PAUSE = 16
const LONGER = 4

/** What one thread takes is a mean over so many calls; one that was interrupted counts as so many times the mean at most. */
const MEMORY = 8
const MOST = 2

/** What is known of calls of one kernel and about one size. */
class Kind {
  #alone = Infinity
  #alones = 0
  #shared = 0
  #lost = 0
  #paused = 0
  #mostPaused = FIRST_PAUSE
  #sinceControl = 0

  /** Milliseconds that one thread takes for each entry. */
  get alone(): number {
    return this.#alone
  }

  /** Whether the next call is to be shared. */
  next(): boolean {
    if (this.#alones < FIRST) return false
    if (this.#paused > 0) {
      this.#paused--
      return false
    }
    this.#sinceControl = (this.#sinceControl + 1) % CONTROL
    return this.#sinceControl !== 0
  }

  /** Takes note of the time of a call for each of its entries. */
  note(time: number, shared: boolean): void {
    if (shared) {
      if (this.#shared++ < NEW) return
      // what was gained long ago makes up for nothing: the machine may have been another one
      this.#lost = Math.max(-MOST_GAINED, this.#lost + time / this.#alone - WORTH)
      if (this.#lost < MOST_LOST) return
      this.#paused = Math.min(Math.ceil(PAUSE * this.#lost), this.#mostPaused)
      this.#mostPaused *= LONGER
      this.#lost = 0
    } else if (this.#alones < FIRST) {
      this.#alones++
      this.#alone = Math.min(this.#alone, time)
    } else this.#alone += (Math.min(time, MOST * this.#alone) - this.#alone) / MEMORY
  }
}

/** What makes a job's kind. */
type Which = Pick<Job, 'units' | 'entries'> & { readonly share: Pick<Job['share'], 'name'> }

/** What is asked of threads here. */
type Sleepers = Pick<Crew, 'awake' | 'wake'>

/** What the caller has seen of other threads. */
export class Worth {
  readonly #crew: Sleepers
  readonly #kinds = new Map<string, Map<number, Kind>>()
  #running: Kind | undefined
  #shared = false
  #entries = 0
  #begun = 0
  #expected = 0

  constructor(crew: Sleepers) {
    this.#crew = crew
  }

  /** Forgets all: there are more threads, or fewer. */
  clear(): void {
    this.#kinds.clear()
  }

  /** Whether to share a job that is about to begin. */
  begin({ share, units, entries }: Which): boolean {
    this.#running = this.#kindOf(share.name, units, entries)
    this.#entries = units * entries
    this.#begun = performance.now()
    this.#shared = this.#running.next() && this.#attended(this.#entries * this.#running.alone)
    return this.#shared
  }

  /** Takes note of the time of the job that was begun last, shared or not. */
  end(): void {
    const now = performance.now()
    this.#running?.note((now - this.#begun) / this.#entries, this.#shared)
    this.#running = undefined
    this.#expected = now + PATIENCE
  }

  /**
   * Whether there is somebody to share a call that would take one thread so many milliseconds. Where all sleep, one that is
   * not long goes on alone: if another one has just gone before it, it wakes them for those to come.
   */
  #attended(time: number): boolean {
    if (time >= LONG || this.#crew.awake) return true
    if (this.#begun < this.#expected) this.#crew.wake()
    return false
  }

  #kindOf(name: string, units: number, entries: number): Kind {
    const size = 32 * Math.clz32(units) + Math.clz32(entries)
    const sizes = this.#kinds.get(name) ?? new Map<number, Kind>()
    const known = sizes.get(size)
    if (known) return known
    const kind = new Kind()
    this.#kinds.set(name, sizes.set(size, kind))
    return kind
  }
}

/**
 * The state of the page, kept in the part of its address after '#': a link reproduces what is seen, and no server is told.
 *
 * The address reads `#section&name=value&…`. A value that is as it was at first is left out.
 */
import { batch, effect, type Signal, signal } from '@preact/signals'

/** How a value is written into the address and read back; text that is none of its values reads as undefined. */
export interface Field<T> {
  readonly write: (value: T) => string
  readonly read: (text: string) => T | undefined
}

interface Entry {
  /** The value as text, or undefined while it is as at first. */
  readonly text: () => string | undefined
  readonly take: (text: string | null) => void
}

const entries = new Map<string, Entry>()
const given = () => new URLSearchParams(location.hash.slice(1))
let section = sectionOf(given())
let pending: ReturnType<typeof setTimeout> | undefined

/** A value that lives in the address under its name. */
export function addressed<T>(name: string, initial: T, field: Field<T>): Signal<T> {
  const first = field.write(initial)
  const read = (text: string | null) => (text === null ? initial : (field.read(text) ?? initial))
  const state = signal(read(given().get(name)))
  entries.set(name, {
    text: () => {
      const text = field.write(state.value)
      return text === first ? undefined : text
    },
    take: (text) => {
      const value = read(text)
      if (field.write(value) !== field.write(state.peek())) state.value = value
    },
  })
  effect(() => {
    state.value
    // browsers allow a hundred changes of the address in ten seconds at most
    pending ??= setTimeout(write, 200)
  })
  return state
}

/** The section that the address names. */
export function namedSection(): string | undefined {
  return section
}

addEventListener('hashchange', () => {
  const now = given()
  section = sectionOf(now)
  // A plain link to a section changes nothing else.
  if ([...now.values()].some((value) => value !== '')) {
    batch(() => {
      for (const [name, entry] of entries) entry.take(now.get(name))
    })
  }
  write()
})

function write(): void {
  clearTimeout(pending)
  pending = undefined
  const parts = section === undefined ? [] : [section]
  // What belongs to sections that are not loaded yet stays as it came.
  for (const [name, value] of given()) if (value !== '' && !entries.has(name)) parts.push(pair(name, value))
  for (const [name, { text }] of entries) {
    const value = text()
    if (value !== undefined) parts.push(pair(name, value))
  }
  const hash = parts.length > 0 ? `#${parts.join('&')}` : location.pathname + location.search
  if (hash !== location.hash) history.replaceState(null, '', hash)
}

function pair(name: string, value: string): string {
  return `${name}=${encodeURIComponent(value).replaceAll('%2C', ',')}`
}

function sectionOf(parameters: URLSearchParams): string | undefined {
  for (const [name, value] of parameters) if (value === '') return name
}

/** A number, infinities as inf and -inf. */
export const number: Field<number> = {
  write: (value) => String(value).replace('Infinity', 'inf'),
  read: readNumber,
}

/** A finite number above 0. */
export const positive: Field<number> = {
  write: number.write,
  read: (text) => {
    const value = readNumber(text)
    return value !== undefined && value > 0 && value < Infinity ? value : undefined
  },
}

/** A whole number from 0 to `most`. */
export function whole(most: number): Field<number> {
  return {
    write: String,
    read: (text) => (/^\d+$/.test(text) && Number(text) <= most ? Number(text) : undefined),
  }
}

/** Numbers, separated by commas; at least `least` and at most `most` of them. */
export function numbers(least: number, most: number): Field<readonly number[]> {
  return {
    write: (values) => values.map(number.write).join(),
    read: (text) => {
      const values = text.split(',').map(readNumber)
      if (values.length < least || values.length > most || values.includes(undefined)) return undefined
      return values as number[]
    },
  }
}

/** One of a few words. */
export function choice<T extends string>(words: readonly T[]): Field<T> {
  return { write: (word) => word, read: (text) => words.find((word) => word === text) }
}

/** Yes or no. */
export const flag: Field<boolean> = {
  write: (value) => (value ? 'yes' : 'no'),
  read: (text) => (text === 'yes' ? true : text === 'no' ? false : undefined),
}

/** The number that a text means, as people write it: a real minus, ∞; undefined when it means none. */
export function readNumber(text: string): number | undefined {
  const plain = text
    .trim()
    .replace('−', '-')
    .replace(/∞|inf(inity)?/i, 'Infinity')
  if (plain === '') return undefined
  const value = Number(plain)
  return Number.isNaN(value) ? undefined : value
}

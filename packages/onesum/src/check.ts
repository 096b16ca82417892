/**
 * The one place for argument checks and error wording.
 *
 * Every message reads `where: "argument" expected what, got what`, and ends with the remedy where there is one.
 * A wrong kind of thing is a TypeError, a wrong value of the right kind a RangeError.
 */

/** The argument is of the wrong kind. `got` is text: `show(value)` for a value. */
export function wrongKind(where: string, name: string, expected: string, got: string, remedy?: string): TypeError {
  return new TypeError(sentence(where, name, expected, got, remedy))
}

/** The argument is of the right kind and has a wrong value. */
export function wrongValue(where: string, name: string, expected: string, got: string, remedy?: string): RangeError {
  return new RangeError(sentence(where, name, expected, got, remedy))
}

function sentence(where: string, name: string, expected: string, got: string, remedy?: string): string {
  return `${where}: "${name}" expected ${expected}, got ${got}${remedy ? `; ${remedy}` : ''}`
}

/** A value as error messages show it: short, and never throwing. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 40 ? `"${value.slice(0, 40)}…"` : `"${value}"`
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if (Array.isArray(value)) return `an array of ${value.length}`
  const name = (value as { constructor?: { name?: unknown } }).constructor?.name
  const kind = typeof name === 'string' && name !== '' ? name : 'Object'
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return `${kind}(${(value as Uint8Array).length})`
  return kind === 'Object' ? `an object with ${keys(value)}` : `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`
}

function keys(value: object): string {
  const names = Object.keys(value)
  if (names.length === 0) return 'no keys'
  return `the keys ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`
}

/** Options that belong to other functions, with what to do instead. */
const misplaced: Readonly<Record<string, string>> = {
  mask: 'a mask belongs to mappings and reductions; set the logits of impossible classes to -Infinity instead',
  temperature: 'a temperature belongs to the mappings; divide the logits by it first',
}

/** What stands for options that were left out. */
const NONE = /* @__PURE__ */ Object.freeze({})

/** Returns the options, or an empty record; a name that is not in `known` is a TypeError. */
export function readOptions<T extends object>(where: string, given: T | undefined, known: readonly string[]): T {
  if (given === undefined) return NONE as T
  if (typeof given !== 'object' || given === null || Array.isArray(given) || ArrayBuffer.isView(given)) {
    throw wrongKind(where, 'options', 'an object', show(given))
  }
  let empty = true
  for (const name in given) {
    empty = false
    if (known.includes(name) || given[name] === undefined) continue
    const remedy = Object.hasOwn(misplaced, name) ? misplaced[name] : undefined
    throw wrongKind(where, name, `one of the options ${known.join(', ')}`, 'an unknown option', remedy)
  }
  if (empty) checkEmpty(where, given, known)
  return given
}

/** What shows no options must be an object that has none, not one that keeps them elsewhere, as a Map does. */
function checkEmpty(where: string, given: object, known: readonly string[]): void {
  const parent: object | null = Object.getPrototypeOf(given)
  // not compared with Object.prototype: every realm has its own
  const plain = parent === null || Object.getPrototypeOf(parent) === null
  if (plain || known.some((name) => name in given)) return
  const remedy = given instanceof Map ? 'Object.fromEntries(…) makes one' : undefined
  throw wrongKind(where, 'options', 'a plain object', show(given), remedy)
}

/** `low` of what must be above 0, `high` of what must be finite. */
export const ABOVE_ZERO = Number.MIN_VALUE
export const FINITE = Number.MAX_VALUE

/** A number in [low, high] (NaN fails); the default where it is left out. */
export function readNumber(
  where: string,
  name: string,
  value: unknown,
  fallback: number,
  low: number,
  high: number,
): number {
  if (value === undefined) return fallback
  if (typeof value !== 'number') throw wrongKind(where, name, numberWithin(low, high), show(value))
  if (!(value >= low && value <= high)) throw wrongValue(where, name, numberWithin(low, high), show(value))
  return value
}

function numberWithin(low: number, high: number): string {
  const least = low === ABOVE_ZERO ? '> 0' : `>= ${low}`
  if (high === Infinity) return `a number ${least}`
  return high === FINITE ? `a finite number ${least}` : `a number from ${low} to ${high}`
}

/** A whole number in [low, high]; the default where it is left out. */
export function readInteger(
  where: string,
  name: string,
  value: unknown,
  fallback: number | undefined,
  low: number,
  high: number,
): number {
  if (value === undefined && fallback !== undefined) return fallback
  if (typeof value !== 'number') throw wrongKind(where, name, integerWithin(low, high), show(value))
  if (!(Number.isInteger(value) && value >= low && value <= high)) {
    throw wrongValue(where, name, integerWithin(low, high), show(value))
  }
  return value
}

function integerWithin(low: number, high: number): string {
  const range = high === Infinity ? `>= ${low}` : `from ${low} to ${high}`
  return low === -Infinity ? 'a whole number' : `a whole number ${range}`
}

/** One of a few words; the first of them where it is left out. */
export function readChoice<T extends string>(where: string, name: string, value: unknown, choices: readonly T[]): T {
  if (value === undefined) return choices[0]
  if (choices.includes(value as T)) return value as T
  const expected = choices.map((choice) => `'${choice}'`).join(' or ')
  throw typeof value === 'string'
    ? wrongValue(where, name, expected, show(value))
    : wrongKind(where, name, expected, show(value))
}

/** True or false; false where it is left out. */
export function readFlag(where: string, name: string, value: unknown): boolean {
  if (value === undefined) return false
  if (typeof value !== 'boolean') throw wrongKind(where, name, 'true or false', show(value))
  return value
}

/** A number as JSON holds it: non-finite ones as the words NaN, Infinity and -Infinity. */
export function encodeNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value)
}

/** A number back from JSON. */
export function decodeNumber(where: string, name: string, value: unknown): number {
  if (typeof value === 'number') return value
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value)
  throw wrongKind(where, name, "a number, or one of the words 'NaN', 'Infinity', '-Infinity'", show(value))
}

/** The fields of a saved state, whose `version` must be the one that is understood. */
export function readVersion(where: string, json: unknown, version: number): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw wrongKind(where, 'json', 'an object that toJSON made', show(json))
  }
  const fields = json as Record<string, unknown>
  if (fields.version !== version) {
    throw wrongValue(where, 'version', String(version), show(fields.version), 'save it again with this release')
  }
  return fields
}

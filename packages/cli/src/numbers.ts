/** A metric with four decimals, the usual precision of NLL, Brier score and their kin. */
export function decimal(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : String(value)
}

/** A fraction as a percentage with one decimal; what would round to an extreme it does not reach says so. */
export function percent(fraction: number): string {
  if (!Number.isFinite(fraction)) return String(fraction)
  if (fraction > 0 && fraction < 0.0005) return '<0.1%'
  if (fraction < 1 && fraction >= 0.9995) return '>99.9%'
  return `${(fraction * 100).toFixed(1)}%`
}

/** A difference of two fractions in percentage points, with its sign. */
export function points(difference: number): string {
  if (!Number.isFinite(difference)) return String(difference)
  const text = (difference * 100).toFixed(1)
  return difference > 0 ? `+${text}` : text
}

export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = count
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`
}

export function count(value: number, noun: string): string {
  const plural = /(s|x)$/.test(noun) ? `${noun}es` : `${noun}s`
  return `${value.toLocaleString('en-US')} ${value === 1 ? noun : plural}`
}

/** A shape as people write it: `897 × 10`. */
export function dimensions(shape: readonly (number | undefined)[]): string {
  return shape.length === 0 ? 'a scalar' : shape.map((size) => size ?? 'rows').join(' × ')
}

/** JSON has no NaN and no infinities: they become strings. */
export function toJson(value: unknown, indent = 2): string {
  const replacer = (_: string, item: unknown): unknown =>
    typeof item === 'number' && !Number.isFinite(item) ? String(item) : item
  return JSON.stringify(value, replacer, indent)
}

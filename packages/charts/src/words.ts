/** Numbers and names as the pictures and their descriptions show them. */

/** A share as a percentage, its sign kept on the number's line: `78 %`, `0.4 %`, `99.7 %`. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return String(share)
  const value = share * 100
  const near = Math.min(Math.abs(value), Math.abs(100 - value))
  if (share > 0 && share < 0.00005) return '< 0.01\u00a0%'
  if (share < 1 && share > 0.99995) return '> 99.99\u00a0%'
  // whole percents hide what stands near 0 and near 100
  const digits = near >= 1 || near === 0 ? 0 : near >= 0.1 ? 1 : 2
  return `${value.toFixed(digits).replace(/\.0+$/, '')}\u00a0%`
}

/** The distance between two shares, in points of percentage. */
export function points(difference: number): string {
  const value = Math.abs(difference * 100)
  const text = value.toFixed(value < 0.095 ? 2 : value < 9.95 ? 1 : 0).replace(/\.0+$/, '')
  return `${text}\u00a0${text === '1' ? 'point' : 'points'}`
}

/** A whole number with its thousands apart, the same in every locale: `12,345`. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

/** A count with its noun: `1 row`, `12,345 rows`. */
export function counted(value: number, noun: string): string {
  const plural = noun.endsWith('s') ? `${noun}es` : `${noun}s`
  return `${count(value)}\u00a0${value === 1 ? noun : plural}`
}

let segmenter: Intl.Segmenter | undefined

/** A name that fits: whole characters, as a reader counts them, up to a length. */
export function shorten(name: string, length: number): string {
  if (name.length <= length) return name
  segmenter ??= new Intl.Segmenter('en')
  let end = 0
  let characters = 0
  for (const { index } of segmenter.segment(name)) {
    if (characters === length - 1) end = index
    if (++characters > length) return `${name.slice(0, end)}…`
  }
  return name
}

/** A name between marks that keep its direction of writing to itself; its own such marks are dropped. */
export function isolate(name: string): string {
  return `\u2068${name.replace(/[\u202a-\u202e\u2066-\u2069]/g, '')}\u2069`
}

/** The name of a class: its own, or its number where it has none that can be seen. */
export function className(index: number, names: readonly string[] | undefined): string {
  const name = names?.[index]
  return name?.trim() ? name : String(index)
}

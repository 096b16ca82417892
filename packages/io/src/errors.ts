/** The content of a file is wrong; the message says what, where, and the remedy. */
export class InputError extends Error {
  override name = 'InputError'
}

/** A value as it appears in a message: quoted, and shortened beyond 40 characters. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'an array'
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

/** What a rounded operation leaves out, exactly. */

/** a · b − product, where `product` is a · b rounded: Veltkamp's halves multiply without error (Dekker, 1971). */
export function productError(a: number, b: number, product: number): number {
  const aHigh = highHalf(a)
  const aLow = a - aHigh
  const bHigh = highHalf(b)
  const bLow = b - bHigh
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow
}

function highHalf(value: number): number {
  const wide = value * 134217729
  return wide - (wide - value)
}

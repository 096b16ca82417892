/** Numbers as the page shows them. */

const minus = '−'

/** Four significant digits, at most; far from 1 with a power of ten. */
export function short(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${minus}∞`
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) {
    const [digits, power] = value.toExponential(2).split('e')
    return `${signed(String(Number(digits)))}·10${raised(Number(power))}`
  }
  return signed(String(Number(value.toPrecision(4))))
}

/** A fixed number of decimals, so that a changing number does not move its neighbours. */
export function fixed(value: number, decimals = 4): string {
  if (!Number.isFinite(value)) return short(value)
  return signed(value.toFixed(decimals))
}

/** A share of one as a percentage. */
export function percent(share: number): string {
  return Number.isFinite(share) ? `${fixed(100 * share, 1)} %` : short(share)
}

function signed(text: string): string {
  return text.replace('-', minus)
}

function raised(power: number): string {
  return [...String(power)].map((digit) => (digit === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)])).join('')
}

/**
 * Double-double arithmetic: a number is the unevaluated sum of two float64, about 106 bits. It gives the tests
 * references a good 1e-30 away from the truth where float64 itself is what is being measured (Dekker 1971,
 * Hida, Li and Bailey 2001). Magnitudes are expected below 2^900, so that splitting does not overflow.
 */
export type DoubleDouble = readonly [high: number, low: number]

export const zero: DoubleDouble = [0, 0]
export const one: DoubleDouble = [1, 0]
/** ln 2 to 106 bits. */
export const ln2: DoubleDouble = [Math.LN2, 2.3190468138462996e-17]

function quickTwoSum(a: number, b: number): DoubleDouble {
  const sum = a + b
  return [sum, b - (sum - a)]
}

/** a + b without any error. */
export function twoSum(a: number, b: number): DoubleDouble {
  const sum = a + b
  const bPart = sum - a
  return [sum, a - (sum - bPart) + (b - bPart)]
}

function split(a: number): DoubleDouble {
  const t = 134217729 * a
  const high = t - (t - a)
  return [high, a - high]
}

/** a · b without any error, where nothing under- or overflows. */
export function twoProduct(a: number, b: number): DoubleDouble {
  const product = a * b
  const [ah, al] = split(a)
  const [bh, bl] = split(b)
  return [product, ah * bh - product + ah * bl + al * bh + al * bl]
}

export function add(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [s, e] = twoSum(a[0], b[0])
  const [t, f] = twoSum(a[1], b[1])
  const [u, g] = quickTwoSum(s, e + t)
  return quickTwoSum(u, g + f)
}

export function negate(a: DoubleDouble): DoubleDouble {
  return [-a[0], -a[1]]
}

export function subtract(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  return add(a, negate(b))
}

export function multiply(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const [p, e] = twoProduct(a[0], b[0])
  return quickTwoSum(p, e + (a[0] * b[1] + a[1] * b[0]))
}

export function divide(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const q1 = a[0] / b[0]
  let rest = subtract(a, multiply(b, [q1, 0]))
  const q2 = rest[0] / b[0]
  rest = subtract(rest, multiply(b, [q2, 0]))
  return add(quickTwoSum(q1, q2), [rest[0] / b[0], 0])
}

/** Exact multiplication by 2^exponent in two steps, so that the factor itself stays finite. */
export function scale(a: DoubleDouble, exponent: number): DoubleDouble {
  const half = Math.trunc(exponent / 2)
  const f = 2 ** half
  const g = 2 ** (exponent - half)
  return [a[0] * f * g, a[1] * f * g]
}

/** e^a; below about e^-745 it is 0. */
export function exp(a: DoubleDouble): DoubleDouble {
  if (a[0] < -760) return zero
  if (a[0] === 0 && a[1] === 0) return one
  const k = Math.round(a[0] / ln2[0])
  const r = scale(subtract(a, multiply(ln2, [k, 0])), -9)
  // e^r - 1 by Taylor with |r| < 7e-4: the first term left out is below 1e-36
  let term = r
  let sum = r
  for (let n = 2; n <= 10; n++) {
    term = divide(multiply(term, r), [n, 0])
    sum = add(sum, term)
  }
  // (1 + s)^2 - 1 = 2s + s^2, nine times
  for (let i = 0; i < 9; i++) sum = add(scale(sum, 1), multiply(sum, sum))
  return scale(add(one, sum), k)
}

/** ln a for a > 0: one Newton step from the float64 logarithm, whose square error term is kept. */
export function log(a: DoubleDouble): DoubleDouble {
  const y: DoubleDouble = [Math.log(a[0]), 0]
  const e = subtract(multiply(a, exp(negate(y))), one)
  return add(y, subtract(e, multiply([e[0] * 0.5, 0], e)))
}

/** ln(1 + a) for a >= 0, accurate relative to a however small it is. */
export function log1p(a: DoubleDouble): DoubleDouble {
  if (a[0] > 1e-6) return log(add(one, a))
  // a - a²/2 + a³/3 - …: with a <= 1e-6 the sixth power is below 1e-30 of the first
  let power = a
  let sum = a
  for (let n = 2; n <= 6; n++) {
    power = negate(multiply(power, a))
    sum = add(sum, divide(power, [n, 0]))
  }
  return sum
}

export function toNumber(a: DoubleDouble): number {
  return a[0] + a[1]
}

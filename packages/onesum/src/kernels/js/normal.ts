/**
 * The tail of the standard normal distribution in float64, of IEEE operations alone.
 *
 * Method: Φ(−a) = e^(−a²/2) R(a), where (1 + a) R(a), a smooth function between 1/2 and √(1/2π), is a Chebyshev series in
 * t = (a − 5) / (a + 5), which takes [0, ∞) to [−1, 1) (Shepherd and Laframboise, "Chebyshev approximation of
 * (1 + 2x) exp(x²) erfc x in 0 ≤ x < ∞", 1981). Coefficients by interpolation at 60 nodes with 50 digits; what is left
 * out is below 2e-18. The square loses nothing: what rounding takes from a² is given back to first order.
 *
 * Error: R within 3 ulp, e^(−a²/2) within 2.
 */
import { productError } from './exact.ts'
import { exp } from './exp.ts'

/** Coefficients of T_0 … T_24. */
const series = /* @__PURE__ */ Float64Array.of(
  0.4619742120721857,
  -0.06516520239491264,
  -0.005458781501136567,
  0.01229619904556344,
  -0.006470872915703688,
  0.0022407355224168305,
  -0.0005638623774651973,
  9.984031082925816e-5,
  -9.849514843168454e-6,
  -4.0324942330449086e-7,
  2.990239620130549e-7,
  -3.032070748441754e-8,
  -4.6176657139289255e-9,
  1.3298288008278767e-9,
  3.0072427169482494e-11,
  -4.4299537285996303e-11,
  1.3999856745989486e-12,
  1.4718956540404236e-12,
  -9.325958795416135e-14,
  -5.2946875393340605e-14,
  3.958118861713483e-15,
  2.1047472516239087e-15,
  -1.3464473160640237e-16,
  -9.105581494529238e-17,
  2.9102372650606605e-18,
)

/** Φ(−a) e^(a²/2) for a finite a >= 0. */
export function scaledTail(a: number): number {
  const t = (a - 5) / (a + 5)
  // Clenshaw's recurrence
  let b1 = 0
  let b2 = 0
  for (let i = 24; i > 0; i--) {
    const b0 = 2 * t * b1 - b2 + series[i]
    b2 = b1
    b1 = b0
  }
  return (t * b1 - b2 + series[0]) / (1 + a)
}

/** e^(−a²/2). */
export function bell(a: number): number {
  const square = a * a
  // beyond 40 it is 0, and the square's own error could overflow
  if (!(square < 1600)) return Number.isNaN(a) ? NaN : 0
  const value = exp(-0.5 * square)
  return value - value * 0.5 * productError(a, a, square)
}

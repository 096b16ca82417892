/** What kernels take of a temperature. */

/** Temperatures whose quotients with log2 e stay inside float64; the limits are the JS path's. */
export function within(temperature: number): boolean {
  return temperature >= 1e-300 && temperature <= 1e300
}

/** The parameters `scale` and `plain` of kernels with a temperature. */
export function scaling(temperature: number): [scale: number, plain: number] {
  return [Math.LOG2E / temperature, temperature === 1 ? 1 : 0]
}

/** Temperatures whose reciprocals are normal in float32, for gradients. */
export function invertible(temperature: number): boolean {
  return temperature >= 1e-37 && temperature <= 1e37
}

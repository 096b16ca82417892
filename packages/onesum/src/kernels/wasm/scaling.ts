/** What kernels take of a temperature. */

/** Temperatures whose quotients with log2 e stay inside float64; the limits are the JS path's. */
export function within(temperature: number): boolean {
  return temperature >= 1e-300 && temperature <= 1e300
}

/** The parameter `scale` of kernels with a temperature. */
export function scaleOf(temperature: number): number {
  return Math.LOG2E / temperature
}

/** Their parameter `plain`: 1 where no temperature is at work. */
export function plainly(temperature: number): number {
  return temperature === 1 ? 1 : 0
}

/** Temperatures whose reciprocals are normal in float32, for gradients. */
export function invertible(temperature: number): boolean {
  return temperature >= 1e-37 && temperature <= 1e37
}

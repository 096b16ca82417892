/**
 * The activations of layers: one table of functions of one number and their derivatives, and the loops over it.
 *
 * Each row takes the input x and one parameter p. Every formula keeps its digits in both tails (relative error below
 * 1e-15 for normal results, save near a root of a derivative, and where exp meets a rounded argument: softplus's beta · x
 * and the tanh form of gelu), takes ±Infinity to its limit and NaN to NaN, and uses IEEE operations alone.
 */
import { fromHalf, toHalf } from '../../rows/float16.ts'
import type { Elements } from '../../rows/open.ts'
import { exp } from './exp.ts'
import { expm1 } from './expm1.ts'
import { log1p } from './log.ts'
import { bell, scaledTail } from './normal.ts'

/** A function of one number and its derivative with respect to it. */
export interface Activation {
  readonly forward: (x: number, p: number) => number
  readonly derivative: (x: number, p: number) => number
}

export type ActivationName =
  | 'identity'
  | 'relu'
  | 'leakyRelu'
  | 'elu'
  | 'gelu'
  | 'silu'
  | 'softplus'
  | 'sigmoid'
  | 'tanh'

/** The parameters where none is given: leakyRelu's slope, elu's alpha, softplus's beta. */
export const DEFAULTS: Partial<Record<ActivationName, number>> = { leakyRelu: 0.01, elu: 1, softplus: 1 }

/** gelu's parameter that asks for the approximation through tanh. */
export const GELU_TANH = 1

const ROOT_TWO_PI = 2.5066282746310002
const ROOT_TWO_OVER_PI = 0.7978845608028654

/** 1 / (1 + e^−x). */
function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x))
  const e = exp(x)
  return e / (1 + e)
}

/** σ'(x) = e / (1 + e)² with e = exp(−|x|): the same on both sides, and never from 1 − σ. */
function sigmoidSlope(x: number): number {
  const e = exp(-Math.abs(x))
  return e / ((1 + e) * (1 + e))
}

/** factor · e^x for x <= 0; in two steps, so that nothing underflows before the product does. */
function decayed(factor: number, x: number): number {
  const half = exp(0.5 * x)
  return half === 0 ? 0 : factor * half * half
}

/** x σ(z), z of the sign of x. */
function gated(x: number, z: number): number {
  if (z > -37) return x * sigmoid(z)
  // 1 + e^z is 1
  return decayed(x, z)
}

function silu(x: number): number {
  return gated(x, x)
}

/** σ(x) (1 + x σ(−x)). */
function siluSlope(x: number): number {
  return x > -37 ? sigmoid(x) * (1 - silu(-x)) : decayed(1 + x, x)
}

function gelu(x: number): number {
  const a = Math.abs(x)
  if (a >= 40) return x > 0 ? x : 0
  return x > 0 ? x - x * scaledTail(a) * bell(a) : x * scaledTail(a) * bell(a)
}

/** Φ(x) + x φ(x). */
function geluSlope(x: number): number {
  const a = Math.abs(x)
  if (a >= 40) return x > 0 ? 1 : 0
  const below = (scaledTail(a) - a / ROOT_TWO_PI) * bell(a)
  return x > 0 ? 1 - below : below
}

/** (1 + tanh u) / 2 = σ(2u), u = √(2/π) (x + 0.044715 x³). */
function geluTanh(x: number): number {
  if (Math.abs(x) >= 40) return x > 0 ? x : 0
  return gated(x, 2 * ROOT_TWO_OVER_PI * (x + 0.044715 * x * x * x))
}

function geluTanhSlope(x: number): number {
  if (Math.abs(x) >= 40) return x > 0 ? 1 : 0
  const z = 2 * ROOT_TWO_OVER_PI * (x + 0.044715 * x * x * x)
  const slope = 2 * ROOT_TWO_OVER_PI * (1 + 0.134145 * x * x)
  // σ(z) (1 + x z' σ(−z))
  return z > -37 ? sigmoid(z) * (1 + x * slope * sigmoid(-z)) : decayed(1 + x * slope, z)
}

function tanh(x: number): number {
  const t = expm1(-2 * Math.abs(x))
  const size = -t / (2 + t)
  return x < 0 ? -size : x === 0 ? x : size
}

/** 1 where x > 0, `below` elsewhere, NaN for NaN. */
function step(x: number, below: number): number {
  return x > 0 ? 1 : Number.isNaN(x) ? NaN : below
}

const table: Record<ActivationName, Activation> = {
  identity: { forward: (x) => x, derivative: () => 1 },
  relu: { forward: (x) => Math.max(x, 0), derivative: (x) => step(x, 0) },
  leakyRelu: {
    forward: (x, slope) => (x > 0 ? x : slope === 0 ? Math.max(x, 0) : slope * x),
    derivative: step,
  },
  elu: {
    forward: (x, alpha) => (x > 0 ? x : alpha * expm1(x)),
    derivative: (x, alpha) => step(x, alpha * exp(x)),
  },
  gelu: {
    forward: (x, approximate) => (approximate === GELU_TANH ? geluTanh(x) : gelu(x)),
    derivative: (x, approximate) => (approximate === GELU_TANH ? geluTanhSlope(x) : geluSlope(x)),
  },
  silu: { forward: silu, derivative: siluSlope },
  softplus: {
    forward: (x, beta) => Math.max(x, 0) + log1p(exp(-Math.abs(beta * x))) / beta,
    derivative: (x, beta) => sigmoid(beta * x),
  },
  sigmoid: { forward: sigmoid, derivative: sigmoidSlope },
  tanh: {
    forward: tanh,
    // 1 − tanh² = 4 σ'(2x)
    derivative: (x) => 4 * sigmoidSlope(2 * x),
  },
}

/**
 * out[i] = f(x[i]) for i in [offset, offset + length); nothing is checked, and `out` may be x.
 */
export function applyActivation(
  name: ActivationName,
  x: Elements,
  out: Elements,
  offset: number,
  length: number,
  parameter = DEFAULTS[name] ?? 0,
): void {
  const { forward } = table[name]
  const end = offset + length
  const halfIn = x instanceof Uint16Array
  const halfOut = out instanceof Uint16Array
  if (!(halfIn || halfOut)) {
    for (let i = offset; i < end; i++) out[i] = forward(x[i], parameter)
    return
  }
  for (let i = offset; i < end; i++) {
    const value = forward(halfIn ? fromHalf(x[i]) : x[i], parameter)
    out[i] = halfOut ? toHalf(value) : value
  }
}

/**
 * out[i] = gy[i] · f'(x[i]) for i in [offset, offset + length), x what `applyActivation` was given; nothing is checked,
 * and `out` may be x or gy.
 */
export function applyActivationBackward(
  name: ActivationName,
  x: Elements,
  gy: Elements,
  out: Elements,
  offset: number,
  length: number,
  parameter = DEFAULTS[name] ?? 0,
): void {
  const { derivative } = table[name]
  const end = offset + length
  const halfX = x instanceof Uint16Array
  const halfGy = gy instanceof Uint16Array
  const halfOut = out instanceof Uint16Array
  if (!(halfX || halfGy || halfOut)) {
    for (let i = offset; i < end; i++) out[i] = gy[i] * derivative(x[i], parameter)
    return
  }
  for (let i = offset; i < end; i++) {
    const slope = derivative(halfX ? fromHalf(x[i]) : x[i], parameter)
    const value = (halfGy ? fromHalf(gy[i]) : gy[i]) * slope
    out[i] = halfOut ? toHalf(value) : value
  }
}

import { expect } from 'vitest'
import type { Operation } from './operations.ts'

export type Kind = typeof TypeError | typeof RangeError
const grammar = /^[A-Za-z][\w.]*: "[\w.]+" expected .+, got .+/s

/** Runs a call that must fail: with the class, the wording, the function's and the argument's name, and a remedy. */
export function expectError(
  call: () => unknown,
  kind: Kind,
  where: string,
  argument: string | RegExp,
  says?: RegExp,
): void {
  let error: unknown
  try {
    call()
  } catch (caught) {
    error = caught
  }
  expect(error).toBeInstanceOf(kind)
  const { message } = error as Error
  expect(message).toMatch(grammar)
  expect(message.startsWith(`${where}: `)).toBe(true)
  const named = /^[^"]*"([^"]+)"/.exec(message)?.[1]
  if (typeof argument === 'string') expect(named).toBe(argument)
  else expect(named).toMatch(argument)
  if (says) expect(message).toMatch(says)
}

/** Runs an operation with one thing wrong, and checks that its arguments are as they were. */
export function fails(
  op: Operation,
  change: (args: unknown[]) => unknown,
  kind: Kind,
  argument: string | RegExp,
  says?: RegExp,
) {
  const args = op.args()
  const options = change(args)
  const before = copies(args)
  expectError(() => op.call(args, options), kind, op.name, argument, says)
  expect(copies(args)).toEqual(before)
}

/** A deep copy of arrays; other things stand for themselves. */
function copies(args: unknown[]): unknown[] {
  return args.map((a) => (Array.isArray(a) || (ArrayBuffer.isView(a) && 'slice' in a) ? (a as unknown[]).slice() : a))
}

/** A change that puts `value` in the place of an argument and gives no options. */
export function placing(at: number, value: unknown): (args: unknown[]) => undefined {
  return (args) => {
    args[at] = value
    return undefined
  }
}

/** A tensor on a graphics card: reading its data throws, as in ONNX Runtime. */
export const onGpu = {
  location: 'gpu-buffer',
  type: 'float32',
  dims: [3],
  get data(): never {
    throw new Error('The data is not on CPU. Use `getData()` to download GPU data to CPU.')
  },
}

import { describe, expect, test } from 'vitest'
import { operations } from './support/operations.ts'

/** Deep copies of the arrays among arguments. */
function copies(args: unknown[]): unknown[] {
  return args.map((a) => (ArrayBuffer.isView(a) || Array.isArray(a) ? Array.from(a as number[]) : a))
}

describe('inputs are never changed', () => {
  const shape = [2, 3]
  const values = () => [0.3, -0.2, 0.9, -0.4, 0.1, 0.6]
  const makes = [values, () => Float32Array.from(values()), () => Float64Array.from(values())]

  // those that take probabilities and priors are held to it in losses/prior.test.ts
  for (const op of operations.filter(({ name }) => !name.endsWith('Prior'))) {
    test(`by ${op.name}, along either axis, with and without mask and temperature`, () => {
      for (const make of makes) {
        for (const axis of [0, 1, ...(op.many ? [[0, 1]] : [])]) {
          for (const extra of [
            {},
            ...(op.mask ? [{ mask: [1, 0, 1] }] : []),
            ...(op.temperature ? [{ temperature: 0.7 }] : []),
          ]) {
            const rows = Array.isArray(axis) ? 1 : shape[1 - axis]
            const args = op.args().map((argument, at) => {
              if (Object.values(op.operands).includes(at)) return make()
              // labels, the number of largest, or one upstream number for each row
              if (op.kind === 'loss') return Array.from({ length: rows }, (_, r) => r % 2)
              if (op.name === 'adjustLogits') return Array(shape[axis as number]).fill(1 / shape[axis as number])
              if (op.name.startsWith('topK')) return 1
              if (op.name === 'sensitivity') return 0
              return typeof argument === 'number' ? Array(rows).fill(0.5) : argument
            })
            const before = copies(args)
            // along axis 0 this mask leaves out the middle row whole, and a row without entries has no maximum
            if (axis === 0 && 'mask' in extra && op.kind === 'reduction' && op.name !== 'logSumExp') continue
            expect(op.call(args, { shape, ...(op.axis ? { axis } : {}), ...extra })).toBeDefined()
            expect(copies(args)).toEqual(before)
          }
        }
      }
    })
  }
})

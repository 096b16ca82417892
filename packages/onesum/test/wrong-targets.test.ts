import { describe, expect, test } from 'vitest'
import { losses, type Operation } from './support/operations.ts'

/** Four logits or log-probabilities in two rows of two classes. */
const shape = [2, 2]

/** Runs a loss with a wrong target or option, and returns what it throws; nothing of the arguments may change. */
function thrown(op: Operation, target: unknown, options: Record<string, unknown> = {}): Error {
  const values = Float32Array.of(-0.7, -0.7, -0.1, -2.4)
  const before = values.slice()
  const args: unknown[] = [values, target]
  if ('v' in op.operands) args.push(Float32Array.of(1, 2, 3, 4))
  let error: unknown
  try {
    op.call(args, { shape, ...options })
  } catch (caught) {
    error = caught
  }
  expect(values).toEqual(before)
  expect(error).toBeInstanceOf(Error)
  return error as Error
}

function expectTarget(error: Error, kind: typeof RangeError | typeof TypeError, where: string, says: RegExp): void {
  expect(error).toBeInstanceOf(kind)
  expect(error.message).toMatch(new RegExp(`^${where}: "target(\\.\\w+)?" expected .+, got .+`, 's'))
  expect(error.message).toMatch(says)
}

for (const op of losses) {
  describe(`${op.name} refuses`, () => {
    test('a label outside the classes, and names its row', () => {
      for (const labels of [[0, 2], [0, -1], Int32Array.of(0, 7), BigInt64Array.of(0n, 2n), Float32Array.of(1, 2)]) {
        expectTarget(thrown(op, labels), RangeError, op.name, /row 1\b/)
      }
      expectTarget(thrown(op, [5, 0]), RangeError, op.name, /row 0\b/)
      // -100 is the default of ignoreIndex, and no longer when another is given
      expectTarget(thrown(op, [0, -100], { ignoreIndex: -1 }), RangeError, op.name, /-100 in row 1\b/)
    })

    test('a label that is no whole number, and names its row', () => {
      for (const labels of [[0, 0.5], [0, NaN], Float64Array.of(0, Infinity)]) {
        expectTarget(thrown(op, labels), RangeError, op.name, /row 1\b/)
      }
    })

    test('labels of the wrong kind', () => {
      for (const labels of [
        ['cat', 'dog'],
        [0, null],
        [0, undefined],
      ]) {
        expectTarget(thrown(op, labels), TypeError, op.name, /./)
      }
      expectTarget(thrown(op, [[0], [1]]), TypeError, op.name, /flat/)
      for (const labels of [null, undefined, 'cat', 1, {}, true]) {
        expectTarget(thrown(op, labels), TypeError, op.name, /./)
      }
    })

    test('the wrong number of labels', () => {
      for (const labels of [[0], [0, 1, 0], Int32Array.of(0, 1, 1), Int32Array.of(0, 1, 1, 0), []]) {
        expectTarget(thrown(op, labels), RangeError, op.name, /2/)
      }
    })

    test('labels in a tensor of another shape', () => {
      const labels = { data: Int32Array.of(0, 1, 0), dims: [3], type: 'int32' }
      expectTarget(thrown(op, labels), RangeError, op.name, /./)
    })

    test('a distribution that does not sum to 1 ± 1e-3, and names its row', () => {
      for (const second of [
        [0.5, 0.498],
        [0.5, 0.502],
        [0, 0],
        [0.2, 0.3],
      ]) {
        expectTarget(thrown(op, Float64Array.of(0.5, 0.5, ...second)), RangeError, op.name, /row 1\b/)
      }
    })

    test('several classes at once, naming sigmoid and binary cross-entropy', () => {
      const error = thrown(op, Float32Array.of(1, 0, 1, 1))
      expectTarget(error, RangeError, op.name, /row 1\b/)
      expect(error.message).toMatch(/sigmoid/)
      expect(error.message).toMatch(/binary cross-entropy/)
    })

    test('a distribution with a negative entry or NaN, and names its row', () => {
      expectTarget(thrown(op, [0.5, 0.5, 1.5, -0.5]), RangeError, op.name, /row 1\b/)
      expectTarget(thrown(op, [0.5, 0.5, NaN, 1]), RangeError, op.name, /row 1\b/)
      expectTarget(thrown(op, [NaN, 0.5, 0.5, 0.5]), RangeError, op.name, /row 0\b/)
    })

    if (op.out || op.name === 'crossEntropyHvp') {
      test('an output that overlaps the distribution in part', () => {
        const memory = Float32Array.of(0.5, 0.5, 0.25, 0.75, 0)
        const error = thrown(op, memory.subarray(0, 4), { out: memory.subarray(1, 5) })
        expect(error).toBeInstanceOf(RangeError)
        expect(error.message).toMatch(new RegExp(`^${op.name}: "out" expected .+ overlap`))
      })
    }

    test('weights that are not one number per class', () => {
      for (const weight of [[1], [1, 2, 3], Float32Array.of(1, 1, 1, 1)]) {
        const error = thrown(op, [0, 1], { weight })
        expect(error).toBeInstanceOf(RangeError)
        expect(error.message).toMatch(new RegExp(`^${op.name}: "weight" expected .*2.*, got `))
      }
      for (const weight of ['1,1', 2, ['1', '1'], null, Int32Array.of(1, 1)]) {
        const error = thrown(op, [0, 1], { weight })
        expect(error).toBeInstanceOf(TypeError)
        expect(error.message).toMatch(new RegExp(`^${op.name}: "weight" expected `))
      }
      for (const weight of [
        [1, NaN],
        [1, -1],
      ]) {
        const error = thrown(op, [0, 1], { weight })
        expect(error).toBeInstanceOf(RangeError)
        expect(error.message).toMatch(/class 1\b/)
      }
    })

    test('weights whose sum is beyond the numbers, where it divides', () => {
      if ('v' in op.operands) return
      const error = thrown(op, [1, 1], { weight: [1, 1e308] })
      expect(error).toBeInstanceOf(RangeError)
      expect(error.message).toMatch(
        new RegExp(`^${op.name}: "weight" expected weights whose sum .*, got Infinity; divide`),
      )
    })

    test('a reduction or an ignoreIndex that does not exist', () => {
      for (const [option, value, kind] of [
        ['reduction', 'average', RangeError],
        ['reduction', 0, TypeError],
        ['reduction', null, TypeError],
        ['ignoreIndex', 0.5, RangeError],
        ['ignoreIndex', NaN, RangeError],
        ['ignoreIndex', '-100', TypeError],
      ] as const) {
        const error = thrown(op, [0, 1], { [option]: value })
        expect(error).toBeInstanceOf(kind)
        expect(error.message).toMatch(new RegExp(`^${op.name}: "${option}" expected .+, got .+`))
      }
    })

    if (op.name.startsWith('crossEntropy')) {
      test('label smoothing outside 0 to 1', () => {
        for (const labelSmoothing of [-0.1, 1.1, NaN, Infinity]) {
          const error = thrown(op, [0, 1], { labelSmoothing })
          expect(error).toBeInstanceOf(RangeError)
          expect(error.message).toMatch(new RegExp(`^${op.name}: "labelSmoothing" expected .+, got .+`))
        }
        expect(thrown(op, [0, 1], { labelSmoothing: '0.1' })).toBeInstanceOf(TypeError)
      })
    } else {
      test('label smoothing, which belongs to cross-entropy', () => {
        const error = thrown(op, [0, 1], { labelSmoothing: 0.1 })
        expect(error).toBeInstanceOf(TypeError)
        expect(error.message).toMatch(new RegExp(`^${op.name}: "labelSmoothing" expected .+, got .+`))
      })
    }
  })
}

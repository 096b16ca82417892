import { describe, test } from 'vitest'
import { softmax } from '../../src/index.ts'
import { expectWithin, ulp32 } from '../support/compare.ts'
import { kernels } from '../support/kernels.ts'
import { COPIED, placed, ZERO_COPY } from './placements.ts'
import { softmaxOf } from './references.ts'

/**
 * The rows on which softmax was found to be furthest off: `count` equal logits that dominate the sum, and one other, so
 * chosen that their exponentials err to opposite sides and the quotient is just below a power of two. From a search
 * over some 10^7 such rows for each variant.
 */
const WORST: readonly (readonly [dominant: number, count: number, other: number])[] = [
  // relaxed SIMD
  [-14.199440956115723, 2, -25.294193267822266],
  [-14.899011611938477, 1, -25.990917205810547],
  [-16.9682674407959, 2, -22.523269653320312],
  [-1.724234700202942, 2, -11.430277824401855],
  [-2.0627543926239014, 5, -2.399226665496826],
  [-12.806386947631836, 1, -21.82703399658203],
  [-4.488636016845703, 47, -11.043318748474121],
  [-19.83829689025879, 1, -28.17756462097168],
  // strict SIMD
  [4.513834476470947, 1, -2.460761070251465],
  [-16.971540451049805, 1, -27.374948501586914],
  [8.577183723449707, 9, 4.5303544998168945],
  [-17.023574829101562, 17, -26.668411254882812],
  [-8.088823318481445, 17, -14.974785804748535],
  [5.192753791809082, 17, -3.7839431762695312],
  [4.5432209968566895, 2, -5.161404609680176],
  [16.280351638793945, 2, 7.267062187194824],
  // relaxed SIMD, if r were rounded
  [5.201632976531982, 33, 2.461073160171509],
  [16.305469512939453, 33, 4.542762279510498],
]

/** A row so many times, side by side or one after the other. */
const copies = (row: ArrayLike<number>, rows: number, strided: boolean) =>
  Float64Array.from({ length: rows * row.length }, (_, i) => row[strided ? Math.floor(i / rows) : i % row.length])

/** What follows from the errors of two exponentials (exhaustive.test.ts) and the roundings of the product, in ulp. */
const DERIVED = { js: 1, 'wasm-relaxed-simd': 1.22 + 1.2 + 0.5, 'wasm-simd': 1.43 + 1.37 + 1 }[kernels]

describe('softmax, float32, of rows made to be as far off as can be', () => {
  // four rows and more go the way of short rows, where they are short
  for (const rows of [1, 3, 4, 8]) {
    test(`${rows} of each: within ${DERIVED.toFixed(2)} ulp, along both axes`, () => {
      for (const [dominant, count, other] of WORST) {
        for (const length of [count + 1, 130]) {
          const row = new Float32Array(length).fill(-Infinity)
          row.fill(dominant, 0, count)
          row[count] = other
          const want = softmaxOf(row)
          for (const strided of [false, true]) {
            const x = Float32Array.from(copies(row, rows, strided))
            const wanted = copies(want, rows, strided)
            const layout = strided ? { shape: [length, rows], axis: 0 } : { shape: [rows, length] }
            for (const placement of [ZERO_COPY, COPIED]) {
              const y = placed(placement, [x], x.length, ([input], out) => softmax(input, { ...layout, out }))
              expectWithin(y, wanted, (_, exact) => DERIVED * ulp32(exact))
            }
          }
        }
      }
    })
  }
})

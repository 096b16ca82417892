import { readFileSync } from 'node:fs'
import { test } from 'vitest'
import { fitClassifier } from '../../src/classifier/index.ts'
import { currentRuntime, limitKernels } from '../../src/kernels/wasm/engine.ts'
import { readNpy } from '../support/npy.ts'

const dir = '/work/shared/conformance/ours/'
const { cases } = JSON.parse(readFileSync(dir + 'softmax-regression.json', 'utf8'))
for (const kern of [undefined, 'js'] as const)
  for (const c of cases)
    test(c.name, () => {
      limitKernels(kern as any)
      const X = readNpy(dir + c.files.X),
        y = readNpy(dir + c.files.y)
      const d = X.length / y.length
      const take = (idx: number[]) => {
        const out = new Float64Array(idx.length * d)
        idx.forEach((r: number, i: number) => {
          for (let j = 0; j < d; j++) {
            const v = X[r * d + j]
            out[i * d + j] = c.scaling.kind === 'divide' ? v / c.scaling.by : (v - c.scaling.mean[j]) / c.scaling.std[j]
          }
        })
        return out
      }
      const tr = take(c.train_index),
        te = take(c.test_index)
      for (const tolerance of [1e-7, 1e-10]) {
        const t = performance.now()
        const m = fitClassifier(
          tr,
          Int32Array.from(c.train_index, (r: number) => y[r]),
          { shape: [c.train_index.length, d], l2: 1 / c.C, classes: c.classes, tolerance },
        )
        const ms = performance.now() - t
        let worst = 0
        m.weights.forEach((w, i) => {
          worst = Math.max(worst, Math.abs(w - c.coef.data[i]) / (1e-3 + 1e-3 * Math.abs(c.coef.data[i])))
        })
        const p = m.predict(te, { shape: [c.test_index.length, d] })
        let ok = 0
        p.forEach((v, i) => {
          if (v === y[c.test_index[i]]) ok++
        })
        console.log(
          currentRuntime().kernels,
          c.name,
          tolerance,
          ms.toFixed(1),
          'gap',
          ((m.objective * c.C) / c.objective - 1).toExponential(2),
          'coef',
          worst.toFixed(4),
          'it',
          m.iterations,
          m.evaluations,
          m.reason,
          m.gradientNorm.toExponential(1),
          ok,
          c.test.n_correct,
        )
      }
    })

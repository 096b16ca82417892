// The library as its users get it: packed, unpacked outside the repository, compiled against, run and bundled.
import { readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filesBelow } from '../scripts/paths.mjs'
import { bundle } from './support/bundle.ts'
import { root, sourcesBelow } from './support/imports.ts'
import { type Consumer, packLibrary } from './support/packed.ts'

let consumer: Consumer

beforeAll(async () => {
  consumer = await packLibrary()
})

afterAll(() => consumer?.remove())

describe('the packed library', () => {
  it('holds its outputs, its manifest and nothing else', () => {
    const files = filesBelow(consumer.library).map((file) => relative(consumer.library, file).split(sep).join('/'))
    const outputs = sourcesBelow('packages/onesum/src').flatMap(({ path }) => {
      const stem = path.replace('packages/onesum/src/', 'dist/').replace(/\.ts$/, '')
      return [`${stem}.js`, `${stem}.d.ts`]
    })
    const extras = ['LICENSE', 'README.md'].filter((name) => files.includes(name))
    expect(files.sort()).toEqual([...outputs, 'package.json', ...extras].sort())
  })

  it('has every file its exports name', () => {
    const manifest = JSON.parse(readFileSync(join(consumer.library, 'package.json'), 'utf8'))
    const targets: string[] = Object.entries<Record<string, string> | string>(manifest.exports).flatMap(([, target]) =>
      typeof target === 'string' ? [target] : [target.types ?? '', target.default ?? ''],
    )
    const files = filesBelow(consumer.library).map(
      (file) => `./${relative(consumer.library, file).split(sep).join('/')}`,
    )
    expect(targets.filter((target) => !files.includes(target))).toEqual([])
  })

  it('declares no type of the DOM or of Node', () => {
    const leaks = filesBelow(consumer.library)
      .filter((file) => file.endsWith('.d.ts'))
      .filter((file) =>
        /\/\/\/ <reference|\bfrom ["']node:|\bWebAssembly\b|\bBuffer\b/.test(
          // comments may name what types may not
          readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, ''),
        ),
      )
    expect(leaks).toEqual([])
  })

  it('runs in plain Node', () => {
    const file = consumer.write(
      'run.mjs',
      `import { logSumExp, softmax, softmaxBackward } from 'onesum'
import { evaluate } from 'onesum/metrics'

const y = softmax(new Float32Array([0, 0, 0, 0]), { shape: [2, 2] })
const gx = softmaxBackward([0.5, 0.5], [1, 0])
const { rows, accuracy } = evaluate([3, 0, 0, 3], [0, 1], { shape: [2, 2] })
console.log(JSON.stringify({ kind: y.constructor.name, y: [...y], gx, lse: logSumExp([5]), rows, accuracy }))
`,
    )
    const expected = { kind: 'Float32Array', y: [0.5, 0.5, 0.5, 0.5], gx: [0.25, -0.25], lse: 5, rows: 2, accuracy: 1 }
    expect(JSON.parse(consumer.run(file))).toEqual(expected)
  })

  it('costs at most 24 KB gzipped for softmax alone', async () => {
    const file = consumer.write('size.js', `export { softmax } from 'onesum'\n`)
    const code = await bundle(file)
    expect(code).toMatch(/export\s*\{\s*\w+ as softmax\s*\}/)
    expect(gzipSync(code).length).toBeLessThanOrEqual(24 * 1024)
  })
})

describe('the types of the packed library', () => {
  const strict = {
    lib: ['ES2022'],
    types: [],
    skipLibCheck: false,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: 'ES2022',
    module: 'NodeNext',
    noEmit: true,
  }

  function compile(...lines: string[]): string {
    consumer.write('tsconfig.json', JSON.stringify({ compilerOptions: strict, files: ['consumer.ts'] }))
    consumer.write('consumer.ts', `${lines.join('\n')}\n`)
    return consumer.compile()
  }

  const results = [
    ['softmax(single)', 'Float32Array<ArrayBuffer>'],
    ['softmax([1, 2])', 'number[]'],
    ['softmax(double, { temperature: 2, shape: [1, 3], axis: -1 })', 'Float64Array<ArrayBuffer>'],
    [`softmax(single, { dtype: 'float64' })`, 'Float64Array<ArrayBuffer>'],
    [`softmax(half, { dtype: 'float16' })`, 'Uint16Array<ArrayBuffer>'],
    ['softmax([1, 2, 3], { out: double })', 'Float64Array<ArrayBuffer>'],
    ['softmaxBackward(single, [1, 0, 0])', 'Float32Array<ArrayBuffer>'],
    ['logSumExp([1, 2])', 'number'],
    ['logSumExp(single, { shape: [1, 3] })', 'Float32Array<ArrayBuffer>'],
    ['argmax([1, 2])', 'number'],
    ['crossEntropy(single, [0])', 'number'],
    ['crossEntropyWithGrad(single, [0]).loss', 'number'],
    ['crossEntropyWithGrad(single, [0]).grad', 'Float32Array<ArrayBuffer>'],
    ['topK([1, 2], 1).values', 'number[]'],
    ['topK([1, 2], 1).indices', 'Int32Array<ArrayBuffer>'],
    ['evaluate(single, [0], { shape: [1, 3] }).nll', 'number'],
    ['softmax(onnx)', '{ data: Float32Array<ArrayBuffer>; dims: number[]; type: string }'],
    ['softmax({ data: [1, 2], shape: [2] })', '{ data: number[]; shape: number[] }'],
    ['softmax({ dataSync: () => single, shape: [3] })', '{ data: Float32Array<ArrayBuffer>; shape: number[] }'],
  ]

  it('follow the first argument, on a library of ES2022 alone', () => {
    const found = compile(
      `import { argmax, crossEntropy, crossEntropyWithGrad, logSumExp, softmax, softmaxBackward, topK } from 'onesum'`,
      `import { evaluate } from 'onesum/metrics'`,
      'type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false',
      `declare const onnx: { data: Float32Array; dims: readonly number[]; type: 'float32' }`,
      'const [single, double, half] = [new Float32Array(3), new Float64Array(3), new Uint16Array(3)]',
      ...results.flatMap(([expression, type], i) => [
        `const value${i} = ${expression}`,
        `export const same${i}: Same<typeof value${i}, ${type}> = true // ${expression}`,
      ]),
    )
    expect(found).toBe('')
  })

  it('refuse nested arrays, text and unknown options', () => {
    const found = compile(
      `import { softmax } from 'onesum'`,
      `softmax([[1, 2]])`,
      `softmax('1, 2')`,
      `softmax([1, 2], { temprature: 2 })`,
      `export const a: number[] = softmax(new Float32Array(2))`,
    )
    const lines = [...found.matchAll(/^consumer\.ts\((\d+),/gm)].map((match) => match[1])
    expect([...new Set(lines)]).toEqual(['2', '3', '4', '5'])
  })
})

it('the licence of the repository is the one the packages name', () => {
  expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toMatch(/^MIT License\n/)
})

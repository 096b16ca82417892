import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  crossEntropyWithGrad,
  logSoftmax,
  logSumExp,
  ready,
  runtime,
  softmax,
  softmaxBackward,
} from '../../src/index.ts'
import { limitKernels } from '../../src/kernels/wasm/engines.ts'
import { expectWithin, ulp32 } from '../support/compare.ts'
import { kernels } from '../support/kernels.ts'
import { normals } from '../support/random.ts'
import { sameBits } from './placements.ts'
import { logSoftmaxOf, logSumExpOf, softmaxOf } from './references.ts'

const asked = { js: 'js', 'wasm-simd': 'strict', 'wasm-relaxed-simd': undefined } as const
const real = WebAssembly
const x = Float32Array.from(normals(1, 1000, 5))

beforeEach(() => limitKernels(undefined))
afterEach(() => {
  vi.unstubAllGlobals()
  limitKernels(asked[kernels])
})

/** The engine's WebAssembly with something else in the place of some of its members. */
function withWebAssembly(other: object): void {
  const own = Object.getOwnPropertyNames(real).map((name) => [name, Reflect.get(real, name)])
  vi.stubGlobal('WebAssembly', { ...Object.fromEntries(own), ...other })
}

/** The JS path misses softmax by one unit at most, and every other function by no more than kernels do. */
function expectRightAnswers(): void {
  const y = softmax(x)
  expectWithin(y, softmaxOf(x), (_, want) => ulp32(want))
  expectWithin(logSoftmax(x), logSoftmaxOf(x), (_, want) => ulp32(want))
  expectWithin([logSumExp(x)], [logSumExpOf(x)], (_, want) => ulp32(want))
  expectWithin(
    crossEntropyWithGrad(x, [3]).grad,
    softmaxOf(x).map((p, j) => (j === 3 ? p - 1 : p)),
    (_, want) => ulp32(want),
  )
  expectWithin(softmaxBackward(Float32Array.of(0.25, 0.75), Float32Array.of(1, 0)), [0.1875, -0.1875], () => 0)
}

/** Softmax of the same row by the JS path, and by kernels. */
function bothWays(): { js: Float32Array; wasm: Float32Array } {
  limitKernels('js')
  const js = softmax(x)
  limitKernels(undefined)
  const wasm = softmax(x)
  // else the tests below would show nothing
  expect(sameBits(js, wasm)).toBe(false)
  limitKernels(undefined)
  return { js, wasm }
}

describe('this environment', () => {
  test('runs the kernels it must have', () => {
    const [major] = process.versions.node.split('.').map(Number)
    // V8 has relaxed SIMD by default from Node 22 on; x86 without FMA would round twice, which no tested machine does
    expect(runtime().kernels).toBe(major >= 22 ? 'wasm-relaxed-simd' : 'wasm-simd')
    expect(runtime().reason).toMatch(/SIMD/)
  })

  test('says the same at every call, of which nothing can be changed', async () => {
    const first = runtime()
    Object.assign(first, { kernels: 'other' })
    expect(runtime().kernels).not.toBe('other')
    expect(await ready()).toEqual(runtime())
  })

  test('runs strict kernels, and none, where no better ones are asked for', () => {
    limitKernels('strict')
    expect(runtime().kernels).toBe('wasm-simd')
    limitKernels('js')
    expect(runtime().kernels).toBe('js')
    expectRightAnswers()
  })
})

describe('the JS path answers rightly, and runtime says why', () => {
  const expectJs = (reason: RegExp) => {
    expect(runtime().kernels).toBe('js')
    expect(runtime().reason).toMatch(reason)
    expectRightAnswers()
  }

  test('without WebAssembly', () => {
    vi.stubGlobal('WebAssembly', undefined)
    expectJs(/no WebAssembly$/)
  })

  test('without a name WebAssembly', () => {
    Reflect.deleteProperty(globalThis, 'WebAssembly')
    try {
      expectJs(/no WebAssembly$/)
    } finally {
      globalThis.WebAssembly = real
    }
  })

  test('without SIMD, whose code does not validate', () => {
    withWebAssembly({ validate: () => false })
    expectJs(/no WebAssembly SIMD/)
  })

  test('under a policy that forbids compiling', async () => {
    function forbidden(): never {
      throw new real.CompileError('blocked by Content-Security-Policy')
    }
    withWebAssembly({ Module: forbidden, compile: async () => forbidden() })
    expectJs(/forbidden.*Content-Security-Policy/)
    expect((await ready()).kernels).toBe('js')
    expectRightAnswers()
  })

  test('where WebAssembly gets no memory', () => {
    withWebAssembly({
      Memory: function Full() {
        throw new RangeError('could not allocate memory')
      },
    })
    expectJs(/memory/)
  })
})

describe('strict kernels', () => {
  const strict = () => {
    limitKernels('strict')
    const y = softmax(x)
    limitKernels(undefined)
    return y
  }

  test('run where relaxed SIMD does not validate', () => {
    const want = strict()
    let asks = 0
    // SIMD is asked about before relaxed SIMD
    withWebAssembly({ validate: (bytes: BufferSource) => asks++ === 0 && real.validate(bytes) })
    expect(runtime().kernels).toBe('wasm-simd')
    expect(runtime().reason).toMatch(/relaxed SIMD/)
    expect(sameBits(softmax(x), want)).toBe(true)
  })

  test('run where the relaxed multiply-add rounds twice', () => {
    const want = strict()
    withWebAssembly({
      validate: () => true,
      Module: function Any(bytes: BufferSource) {
        return real.validate(bytes) ? new real.Module(bytes) : {}
      },
      Instance: function Unfused(module: WebAssembly.Module, imports: WebAssembly.Imports) {
        const probe =
          !(module instanceof real.Module) || real.Module.exports(module).some(({ name }) => name === 'fuses')
        return probe ? { exports: { fuses: () => 0 } } : new real.Instance(module, imports)
      },
    })
    expect(runtime().kernels).toBe('wasm-simd')
    expect(runtime().reason).toMatch(/rounds twice/)
    expect(sameBits(softmax(x), want)).toBe(true)
  })
})

describe('where only small modules compile at once', () => {
  const refuse = 1000
  /** As browsers did on their main thread: what is larger must be compiled in the background. */
  const background = (instantiate: (bytes: BufferSource, imports: WebAssembly.Imports) => Promise<unknown>) =>
    withWebAssembly({
      instantiate,
      Module: function Small(bytes: ArrayBuffer) {
        if (bytes.byteLength > refuse) throw new RangeError('larger than 4KB, use WebAssembly.compile')
        return new real.Module(bytes)
      },
    })

  test('the JS path answers first, and kernels after ready', async () => {
    const { js, wasm } = bothWays()
    background(real.instantiate)
    expect(sameBits(softmax(x), js)).toBe(true)
    const settled = await ready()
    expect(settled.kernels).toMatch(/^wasm-/)
    expect(sameBits(softmax(x), wasm)).toBe(true)
    // a family that was not asked for before is compiled at its own first call
    expectWithin(logSoftmax(x), logSoftmaxOf(x), (_, want) => 5 * ulp32(want))
    await ready()
    expectWithin(logSoftmax(x), logSoftmaxOf(x), (_, want) => 5 * ulp32(want))
  })

  test('the JS path goes on answering where that fails as well', async () => {
    const { js } = bothWays()
    background(() => Promise.reject(new real.CompileError('out of memory')))
    expect(sameBits(softmax(x), js)).toBe(true)
    await ready()
    expect(sameBits(softmax(x), js)).toBe(true)
    expectRightAnswers()
  })

  test('ready compiles all that the program may use, called or not', async () => {
    background(real.instantiate)
    expect((await ready()).kernels).toMatch(/^wasm-/)
  })
})

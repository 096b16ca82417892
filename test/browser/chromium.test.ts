// The built library in a browser: its numbers by the best kernels, on lesser engines and under policies; its manners.
import { describe, expect, it } from 'vitest'
import * as onesum from '../../packages/onesum/src/index.ts'
import { batches, type Extent } from '../support/browser/batches.ts'
import { outOfBounds } from '../support/browser/bounds.ts'
import { calls, hashOf, resultsOf } from '../support/browser/calls.ts'
import { inBrowser, type Setting } from '../support/browser/suite.ts'

const open = await inBrowser()

/** A processor without fused multiply-add has relaxed SIMD that rounds twice, and so the strict kernels. */
const best = /^wasm-relaxed-simd: |^wasm-simd: .*rounds twice/

interface Place extends Setting {
  readonly name: string
  /** Which kernels run there, and why. */
  readonly runtime: RegExp
  readonly isolated?: boolean
  readonly extent: Extent
}

const places: Place[] = [
  { name: 'a plain page', runtime: best, extent: 'all' },
  {
    name: 'a page isolated from other origins',
    runtime: best,
    isolated: true,
    extent: 'few',
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
  },
  {
    name: 'a page whose policy forbids compiling WebAssembly',
    runtime: /^js: .*forbidden/,
    headers: { 'Content-Security-Policy': "script-src 'self'" },
    extent: 'few',
  },
  {
    name: 'a page whose policy allows WebAssembly and no other evaluation',
    runtime: best,
    extent: 'few',
    headers: { 'Content-Security-Policy': "script-src 'self' 'wasm-unsafe-eval'" },
  },
  { name: 'a page without WebAssembly', runtime: /^js: .*no WebAssembly$/, extent: 'all', parameters: { without: '' } },
]

// V8's names of what it may use of a processor
const processors: Place[] = [
  {
    name: 'a processor without SIMD',
    runtime: /^js: .*no WebAssembly SIMD$/,
    extent: 'few',
    flags: ['--js-flags=--no-enable-sse4-1 --no-enable-avx'],
  },
  {
    name: 'a processor without fused multiply-add',
    runtime: /^wasm-simd: .*rounds twice$/,
    flags: ['--js-flags=--no-enable-fma3'],
    extent: 'all',
  },
]

describe('float32 results are as exact as promised of the kernels that run', () => {
  const here = process.arch === 'x64' ? [...places, ...processors] : places
  for (const { name, runtime, isolated = false, extent, ...setting } of here) {
    it(`on ${name}`, async () => {
      const { report } = await open('results', { ...setting, parameters: { ...setting.parameters, extent } })
      expect(`${report.runtime.kernels}: ${report.runtime.reason}`).toMatch(runtime)
      expect(report.isolated).toBe(isolated)
      const inputs = batches(extent)
      const differences = Object.keys(calls).map((call) =>
        outOfBounds(call, decode(report.results[call]), inputs, report.runtime.kernels),
      )
      expect(differences.filter(Boolean)).toEqual([])
    })
  }
})

describe('reproducible results', () => {
  it('have the same bits in a browser and in Node', async () => {
    const { report } = await open('hashes')
    const inputs = batches('all')
    const own: Record<string, string> = {}
    for (const name of Object.keys(calls)) {
      for (const precision of ['float32', 'float64'] as const) {
        own[`${name}, ${precision}`] = await hashOf(resultsOf(name, onesum, inputs, precision, true))
      }
    }
    expect(report).toEqual(own)
  })
})

describe('in a page', () => {
  it('importing touches no WebAssembly and adds no global; the first call compiles', async () => {
    const { atImport, added, atFirstCall } = (await open('touches')).report
    expect(atImport).toEqual([])
    expect(added).toEqual([])
    expect(atFirstCall).toEqual(expect.arrayContaining(['Memory', 'Module', 'Instance']))
  })

  it('nothing is requested but the modules of the library', async () => {
    const { requests } = await open('results', { parameters: { extent: 'few' } })
    const urls = requests.map((address) => new URL(address))
    expect(urls.filter(({ origin }) => origin !== urls[0].origin).map(String)).toEqual([])
    // the page itself, and what the test does in it
    const own = urls.map(({ pathname }) => pathname).filter((path) => path !== '/' && !path.includes('/test/support/'))
    expect(own).toContain('/onesum/index.js')
    expect(own.filter((path) => !/^\/onesum\/[\w/-]+\.js$/.test(path))).toEqual([])
  })

  it('allocated arrays are worked on in place, given back and taken again', async () => {
    const { sameArray, result, copied, pages, reused, zeroed, refusal } = (await open('memory')).report
    expect({ sameArray, reused, zeroed }).toEqual({ sameArray: true, reused: true, zeroed: true })
    expect(result).toEqual(copied)
    // a page of 64 KiB holds more than an ordinary array of 1000 floats: this is the kernels' memory
    expect(pages).toBeGreaterThan(1)
    expect(refusal).toMatch(/^RangeError: release: "array" expected .*, got /)
  })

  it('ready says what runtime says, before and after the first call', async () => {
    const { before, after, runtime } = (await open('readiness')).report
    expect(before.kernels).toMatch(/^wasm-/)
    expect(after).toEqual(before)
    expect(runtime).toEqual(before)
  })
})

describe('threads, on an isolated page with a strict policy', () => {
  const headers = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Content-Security-Policy': "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'",
  }
  const places: [string, Record<string, string>][] = [
    ['the main thread', {}],
    ['a worker', { worker: '' }],
  ]

  it.each(places)('share the calls of %s, which never sleeps, not even when they are ended', async (_, parameters) => {
    const { report } = await open('threads', { headers, parameters })
    expect(report.threads).toBe(2)
    expect(report.shared).toBeGreaterThan(0)
    expect([report.different, report.differentAfter, report.waits]).toEqual([0, 0, 0])
    // two calls of a tenth of a millisecond, and the printing of 600,000 numbers; the rest is the machine's
    expect(report.longest).toBeLessThan(5000)
  })

  it('need shared memory: without isolation the error names the headers', async () => {
    await expect(open('threads')).rejects.toThrow(/startThreads: .*Cross-Origin-Opener-Policy: same-origin/)
  })
})

function decode(base64: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer)
}

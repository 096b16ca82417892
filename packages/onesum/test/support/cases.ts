import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { bitsOfHalf } from './half.ts'

/** A tensor as the case files write it: flat row-major data, non-finite numbers as strings. */
export type TensorJson = { dtype: string; shape: number[]; data: (number | string)[] }

/** A tensor in memory: exact values as float64, `array` in the kind its dtype names. */
export type Tensor = {
  dtype: string
  shape: number[]
  values: Float64Array
  array: Float64Array | Float32Array | Uint16Array | BigInt64Array | Uint8Array
}

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url))
const repository = fileURLToPath(new URL('../../../../', import.meta.url))

/** The folder of case files that are read in place, or undefined where this machine has none. */
const upstreamFolder = [process.env.ONESUM_CONFORMANCE ?? '', join(repository, '../shared/conformance')]
  .map((folder) => (folder === '' ? '' : join(folder, 'upstream')))
  .find((folder) => folder !== '' && existsSync(folder))

/** The absolute path of a fixture, for `fixturePath('conformance/x.json')`. */
export function fixturePath(name: string): string {
  return join(fixtures, name)
}

/** Reads a JSON fixture. */
export function readFixture<T>(name: string): T {
  return JSON.parse(readFileSync(fixturePath(name), 'utf8')) as T
}

function readCases<T>(path: string): T[] {
  const parsed = JSON.parse(readFileSync(path, 'utf8')) as T[] | { cases: T[] }
  return Array.isArray(parsed) ? parsed : parsed.cases
}

/** Decodes a tensor; float32 numbers pass through `Math.fround`, as their shortest decimals ask for. */
export function tensor(json: TensorJson): Tensor {
  const { dtype, shape } = json
  const values = Float64Array.from(json.data, Number)
  if (dtype === 'float64') return { dtype, shape, values, array: values.slice() }
  if (dtype === 'float32') {
    const array = Float32Array.from(values)
    return { dtype, shape, values: Float64Array.from(array), array }
  }
  if (dtype === 'float16') return { dtype, shape, values, array: Uint16Array.from(values, bitsOfHalf) }
  if (dtype === 'int64') return { dtype, shape, values, array: BigInt64Array.from(json.data, (v) => BigInt(v)) }
  if (dtype === 'uint8') return { dtype, shape, values, array: Uint8Array.from(values) }
  return { dtype, shape, values, array: values.slice() }
}

/**
 * Describes a family that ships with the tests. The number of cases is asserted, so that a truncated file
 * does not pass by holding less.
 */
export function describeOurs<T>(file: string, count: number, body: (cases: T[]) => void): void {
  describe(`ours: ${file}`, () => {
    const cases = readCases<T>(fixturePath(`conformance/${file}`))
    test(`the file holds ${count} cases`, () => expect(cases.length).toBe(count))
    body(cases)
  })
}

/** Describes a family that is read in place and never copied; skipped, by name, where the folder is missing. */
export function describeUpstream<T>(file: string, count: number, body: (cases: T[]) => void): void {
  const missing = upstreamFolder === undefined
  const name = `upstream: ${file}${missing ? ' (skipped: no conformance folder found, set ONESUM_CONFORMANCE)' : ''}`
  describe.skipIf(missing)(name, () => {
    const cases = upstreamFolder === undefined ? [] : readCases<T>(join(upstreamFolder, file))
    test(`the file holds ${count} cases`, () => expect(cases.length).toBe(count))
    body(cases)
  })
}

// Examples run. Those are each `@example` in the sources of onesum, io, charts and report, and each ```ts block of README.md and
// docs/*.md that begins with an import (a block fenced as ```ts fragment never runs). A comment `// → value` after
// a statement is what the statement gives, to the digits shown: test/support/run-example.ts says how it is read.
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { docstringExamples, type Example, fencedExamples, pages } from './support/examples.ts'
import { difference, isValue } from './support/expected.ts'
import { root } from './support/imports.ts'
import { runExample, shownValues } from './support/run-example.ts'

const docstrings = ['onesum', 'io', 'charts', 'report'].map((name) => `packages/${name}/src`).flatMap(docstringExamples)
const fenced = pages().flatMap(({ path, text }) => fencedExamples(path, text))
const examples = [...docstrings, ...fenced]

describe('the examples', () => {
  it.each(examples)('at $where give what they show', async (example) => {
    expect(await runExample(example)).toEqual([])
  })

  it('of docstrings begin with their imports, and those of onesum show a value', () => {
    expect(docstrings.length).toBeGreaterThan(0)
    const bad = docstrings.filter(
      ({ where, code }) => !/^import\b/.test(code) || (where.startsWith('packages/onesum/') && shownValues(code) === 0),
    )
    expect(bad.map(({ where }) => where)).toEqual([])
  })

  it('compile', () => {
    expect(typeErrors(examples)).toEqual([])
  })
})

/** Compiles examples as files of this folder, so that imports resolve to sources as they do in tests. */
function typeErrors(list: readonly Example[]): string[] {
  const files = new Map(list.map((example, i) => [join(root, 'test', `example-${i}.ts`), example]))
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    { noUnusedLocals: false, checkJs: false },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
  )
  const host = ts.createCompilerHost(config?.options ?? {})
  const { fileExists, readFile, getSourceFile } = host
  host.fileExists = (name) => files.has(name) || fileExists(name)
  host.readFile = (name) => files.get(name)?.code ?? readFile(name)
  host.getSourceFile = (name, target, ...rest) => {
    const example = files.get(name)
    return example ? ts.createSourceFile(name, example.code, target) : getSourceFile(name, target, ...rest)
  }
  const program = ts.createProgram([...files.keys()], config?.options ?? {}, host)
  return [...files].flatMap(([name, { where }]) => {
    const file = program.getSourceFile(name)
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ messageText }) => `${where}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    )
  })
}

describe('a shown value', () => {
  it.each([
    [0.65899, '0.659'],
    [[0.65899, 1e-5 / 3], '[0.659, 3.33e-6]'],
    [new Float32Array([0.1, 0.7]), 'Float32Array [0.1, 0.7]'],
    [{ loss: -1.23449, kept: [1, 2, 3], name: 'a' }, "{ loss: -1.234, kept: [1, 2, ...], name: 'a' }"],
    [{ loss: 0.25, rest: true }, '{ loss: 0.25, … }'],
    [[Number.NaN, Number.NEGATIVE_INFINITY, null, undefined, -0], '[NaN, -Infinity, null, undefined, 0]'],
    [new BigInt64Array([-1n]), '[-1n]'],
  ])('agrees with %o when %s is what it rounds to', (value, shown) => {
    expect(isValue(shown)).toBe(true)
    expect(difference(value, shown)).toBeUndefined()
  })

  it.each([
    [0.6596, '0.659', 'the value is 0.6596, not 0.659'],
    [3.4, '3', 'the value is 3.4, not 3'],
    [0.52, '0.5', 'the value is 0.52, not 0.5'],
    [[1, 2], '[1, 2, 3]', 'the value has length 2, not 3'],
    [[1, 2], '[1]', 'the value has length 2, not 1'],
    [[1], 'Float32Array [1]', 'expected a Float32Array, got a Array'],
    [{ a: 1, b: 2 }, '{ a: 1 }', 'the value has the keys a, b'],
    [{ a: [0, 1] }, '{ a: [0, 2] }', 'the value.a[1] is 1, not 2'],
    [0.5, 'number in, number out', '"number in, number out" is no value'],
  ])('differs: %o is not %s', (value, shown, message) => {
    expect(difference(value, shown)).toBe(message)
  })
})

describe('the runner of examples', () => {
  const run = (...lines: string[]) => runExample({ where: 'here', code: lines.join('\n') })

  it('checks expressions, constants, logged values, and comments on the line below', async () => {
    const lines = ['import { basename as base } from "node:path"', 'base("a/b") // → "b"', 'const four = 2 + 2 // 4']
    expect(await run(...lines, 'console.log(four) // → 4', 'Array.of(', '  four, 4)', '// → [4, 4]')).toEqual([])
    expect(shownValues([...lines, '4', '// → 4', '4 // in words'].join('\n'))).toBe(3)
  })

  it('finds a wrong value, and an error that is not thrown', async () => {
    expect(await run('1 + 1 // → 3')).toEqual(['the value is 2, not 3 (shown: 3)'])
    expect(await run('1 + 1 // → throws RangeError')).toEqual(['no RangeError was thrown (shown: throws RangeError)'])
    expect(await run('new Array(-1) // → throws RangeError')).toEqual([])
  })

  it('reads fences that begin with an import and leaves out fragments', () => {
    const text = 'a\n```ts\nimport x from "x"\n```\n```ts fragment\nimport y from "y"\n```\n```ts\nlet z\n```\n'
    expect(fencedExamples('a.md', text)).toEqual([{ where: 'a.md:2', code: 'import x from "x"\n' }])
  })
})

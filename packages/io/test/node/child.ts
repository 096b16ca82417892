import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'

const sources = fileURLToPath(new URL('../../src/', import.meta.url))
let compiled: string | undefined

// the Node entry needs no package and one file beside its folder, so it runs from anywhere
function compile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'onesum-io-compiled-'))
  // open to the other user of a test
  chmodSync(folder, 0o755)
  mkdirSync(join(folder, 'node'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const files = readdirSync(join(sources, 'node')).map((name) => join('node', name))
  for (const file of ['errors.ts', ...files]) {
    const { outputText } = ts.transpileModule(readFileSync(join(sources, file), 'utf8'), {
      compilerOptions: {
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.ESNext,
        verbatimModuleSyntax: true,
        rewriteRelativeImportExtensions: true,
      },
    })
    writeFileSync(join(folder, file.replace(/\.ts$/, '.js')), outputText)
  }
  return folder
}

/** A process of its own that runs `code`, where `io` is the Node entry; `uid` makes it another user's. */
export function child(code: string, uid?: number): ChildProcessWithoutNullStreams {
  compiled ??= compile()
  const entry = pathToFileURL(join(compiled, 'node', 'index.js')).href
  const script = `import * as io from ${JSON.stringify(entry)}\n${code}`
  return spawn(process.execPath, ['--input-type=module', '--eval', script], { uid })
}

/** Its output and how it ended. */
export async function ended(process: ChildProcessWithoutNullStreams) {
  let stdout = ''
  let stderr = ''
  process.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  process.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    process.on('close', (...args) => resolve(args))
  })
  return { stdout, stderr, code, signal }
}

/** Resolves when it has printed something. */
export function ready(process: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once('data', () => resolve())
    process.once('close', () => reject(new Error('the process ended before it was ready')))
  })
}

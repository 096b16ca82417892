// The library as one bundled file, in processes and threads of its own.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundle } from '../../../../test/support/bundle.ts'

const folder = mkdtempSync(join(tmpdir(), 'onesum-threads-'))
const library = join(folder, 'library.mjs')

beforeAll(async () => {
  const source = (path: string) => JSON.stringify(fileURLToPath(new URL(`../../src/${path}`, import.meta.url)))
  const entry = join(folder, 'entry.mjs')
  writeFileSync(entry, `export * from ${source('index.ts')}\nexport * from ${source('threads/index.ts')}\n`)
  writeFileSync(library, await bundle(entry))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Runs a program that may use the library, and gives what it prints; it must end by itself. */
function run(name: string, text: string): string {
  const file = join(folder, name)
  writeFileSync(file, `import * as onesum from ${JSON.stringify(pathToFileURL(library).href)}\n${text}`)
  const { NODE_OPTIONS: _, ...env } = process.env
  return execFileSync(process.execPath, [file], { env, encoding: 'utf8', timeout: 60_000 }).trim()
}

const work = `
const { allocate, softmax } = onesum
const [x, y] = [allocate('float32', 200_000), allocate('float32', 200_000)]
x.forEach((_, i) => { x[i] = Math.sin(i) * 9 })
const options = { shape: [200, 1000], out: y }
const bits = () => Buffer.from(new Uint8Array(y.buffer, y.byteOffset, y.byteLength)).toString('base64')
`

describe('a process with threads', () => {
  it('ends by itself while they run', () => {
    const text = `await onesum.startThreads(3)\n${work}\nfor (let k = 0; k < 50; k++) softmax(x, options)\nconsole.log('done')`
    expect(run('exit.mjs', text)).toBe('done')
  })

  it('ends by itself while they sleep', () => {
    const text = `await onesum.startThreads(3)\nawait new Promise((resolve) => setTimeout(resolve, 300))\nconsole.log('done')`
    expect(run('sleep.mjs', text)).toBe('done')
  })

  it('may have two callers, each with threads of its own', () => {
    const text = `
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
const other = isMainThread ? new Worker(new URL(import.meta.url)) : undefined
await onesum.startThreads(2)
${work}
const found = new Set()
for (let k = 0; k < 300; k++) {
  y.fill(0)
  softmax(x, options)
  found.add(bits())
}
if (!isMainThread) parentPort.postMessage([...found])
else {
  const theirs = await new Promise((resolve) => other.once('message', resolve))
  await onesum.stopThreads()
  const alone = allocate('float32', 200_000)
  softmax(x, { shape: [200, 1000], out: alone })
  y.set(alone)
  console.log(JSON.stringify([found.size, found.has(bits()), theirs.length, found.has(theirs[0])]))
}`
    expect(run('two.mjs', text)).toBe('[1,true,1,true]')
  })
})

describe('the default entry', () => {
  it('holds no code of threads', async () => {
    const entry = join(folder, 'default.mjs')
    writeFileSync(
      entry,
      `export * from ${JSON.stringify(fileURLToPath(new URL('../../src/index.ts', import.meta.url)))}\n`,
    )
    const code = await bundle(entry)
    expect(code).not.toMatch(/Worker|Atomics|worker_threads|SharedArrayBuffer/)
  })
})

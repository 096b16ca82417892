// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from './failure.mjs'
import { filesBelow, nodeModules, root, tsc } from './paths.mjs'
import { runNode } from './processes.mjs'

const kernels = join(root, 'packages', 'onesum', 'kernels')
export const kernelCode = join(root, 'packages', 'onesum', 'src', 'kernels', 'wasm', 'code')
const stampFile = join(nodeModules, '.onesum-kernels')

/** Assembles the WebAssembly that the library embeds, unless its sources and the result are what they were. */
export async function buildKernels() {
  const stamp = stampOf(sources())
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === `${stamp} ${stampOf(filesBelow(kernelCode))}`) return
  rmSync(stampFile, { force: true })
  const compiled = await runNode([tsc, '-p', kernels])
  if (compiled.code !== 0) throw new Failure('the kernels do not compile; the compiler says why above')
  rmSync(kernelCode, { recursive: true, force: true })
  const emitted = await runNode([join(kernels, 'dist', 'emit.js'), kernelCode])
  if (emitted.code !== 0) throw new Failure('the kernels could not be assembled')
  writeFileSync(stampFile, `${stamp} ${stampOf(filesBelow(kernelCode))}`)
}

function sources() {
  return [
    join(root, 'package-lock.json'),
    ...filesBelow(kernels).filter((file) => /[\\/]kernels[\\/][^\\/]+$/.test(file)),
  ]
}

/** @param {string[]} files */
function stampOf(files) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(`\0${file.slice(root.length)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

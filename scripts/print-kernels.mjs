// @ts-check
import { readFileSync } from 'node:fs'
import { kernelCode } from './kernels.mjs'
import { filesBelow } from './paths.mjs'

/**
 * Prints the text form of the kernels, as it is embedded: `npm run kernels -- softmax relaxed`.
 * @param {string[]} args a family, and a variant (strict by default); none lists the families
 * @returns {Promise<number>} the exit code
 */
export async function printKernels([family, variant = 'strict']) {
  const codes = new Map(filesBelow(kernelCode).map((file) => [file.replace(/^.*[\\/]|\.ts$/g, ''), file]))
  codes.delete('constants')
  const file = codes.get(family ?? '')
  if (file === undefined) {
    console.log(`npm run kernels -- FAMILY [strict|relaxed]\nfamilies: ${[...codes.keys()].join(', ')}`)
    return family === undefined ? 0 : 2
  }
  const source = readFileSync(file, 'utf8')
  const code = new RegExp(`${variant}: string = '([^']*)'`).exec(source) ?? /strict: string = '([^']*)'/.exec(source)
  // not before the set-up has installed it
  const { default: wabt } = await import('wabt')
  const { readWasm } = await wabt()
  const module = readWasm(Buffer.from(code?.[1] ?? '', 'hex'), {
    simd: true,
    relaxed_simd: true,
    readDebugNames: false,
  })
  try {
    console.log(module.toText({ foldExprs: false, inlineExport: true }))
  } finally {
    module.destroy()
  }
  return 0
}

/**
 * Writes the modules where the library embeds them: `src/kernels/wasm/code/`, one file per family, as hexadecimal
 * digits: gzip finds repetitions in them that the six bits of base64 hide, and bundles end up a third smaller.
 *
 * The same sources give the same bytes; nothing of time, machine or path goes in.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MOST_MEAN, MOST_SUM } from './backward.ts'
import { families } from './families.ts'
import { LEAST_FACTOR, MOST_FACTOR } from './gradients.ts'
import { constants } from './memory.ts'
import { BLOCK } from './rows.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Emits every family below `folder`. */
export function emit(folder: string): void {
  mkdirSync(folder, { recursive: true })
  for (const [name, family] of Object.entries(families)) {
    const variants = { strict: hex(family(false)), relaxed: hex(family(true)) }
    const text = [
      `/** The modules of the family ${name}, made by kernels/emit.ts. */`,
      `export const strict: string = '${variants.strict}'`,
      `export const relaxed: string = ${variants.relaxed === variants.strict ? 'strict' : `'${variants.relaxed}'`}`,
    ]
    writeFileSync(join(folder, `${name}.ts`), `${text.join('\n')}\n`)
  }
  const text = `/** What kernels find at the start of their memory, made by kernels/emit.ts. */\nexport const constants: string = '${hex(constants())}'\n`
  writeFileSync(join(folder, 'constants.ts'), text)
  const limits = { BLOCK, MOST_MEAN, MOST_SUM, LEAST_FACTOR, MOST_FACTOR }
  const lines = Object.entries(limits).map(([name, value]) => `export const ${name}: number = ${value}`)
  const head = '/** What callers of single passes must know of them, made by kernels/emit.ts. */'
  writeFileSync(join(folder, 'limits.ts'), `${[head, ...lines].join('\n')}\n`)
}

const [, , folder] = process.argv
if (folder) emit(folder)

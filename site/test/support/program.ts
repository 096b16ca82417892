/** Runs a program of the page as a reader would who has copied it: as a module, against the library. */

import ts from 'typescript'
import * as io from '../../../packages/io/src/index.ts'
import * as node from '../../../packages/io/src/node/index.ts'
import * as classifier from '../../../packages/onesum/src/classifier/index.ts'
import * as onesum from '../../../packages/onesum/src/index.ts'
import * as report from '../../../packages/report/src/index.ts'

/** The entries a program may import. */
const entries: Record<string, object> = {
  onesum,
  'onesum/classifier': classifier,
  '@onesum/io': io,
  '@onesum/io/node': node,
  '@onesum/report': report,
}

/** The arguments of each console.log that the program ran. */
export async function runProgram(source: string): Promise<unknown[][]> {
  const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS }
  const { outputText } = ts.transpileModule(source, { compilerOptions })
  const printed: unknown[][] = []
  const require = (name: string) => {
    if (!Object.hasOwn(entries, name)) throw new Error(`the program imports ${name}, which is not part of the library`)
    return entries[name]
  }
  const body = `return (async () => {${outputText}\n})()`
  await new Function('require', 'exports', 'console', body)(
    require,
    {},
    { log: (...values: unknown[]) => printed.push(values) },
  )
  return printed
}

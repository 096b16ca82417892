import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../../../', import.meta.url))
export const command = `${root}packages/cli/bin/onesum.js`
export const startProgram = `${root}packages/cli/dist/start.js`

/** Brings the built command up to date; quick when it is. */
export function build(): void {
  execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-b', `${root}packages/cli`])
}

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** What a process came to, with the code that a shell sees; streams that were not piped count as empty. */
export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (part) => {
    stdout += part
  })
  child.stderr?.on('data', (part) => {
    stderr += part
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code: signal ? 128 + constants.signals[signal] : code, stdout, stderr })
    })
  })
}

export function node(folder: string, ...argv: string[]): ChildProcess {
  return spawn(process.execPath, argv, { cwd: folder })
}

import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/**
 * A contender in a process of its own, asked by one JSON line and answering by one: so that it can be timed round by
 * round beside those of this process. Requests: `setup` (answer: nothing, or `skip` with a reason), `run` (answer:
 * `ns`), `output` (answer: `loss`; the values are in the file named at setup), `close`. An answer with `error` is one.
 * @typedef {{ ask: (request: object) => Promise<any>, end: () => void }} Remote
 */

/**
 * @param {string} command
 * @param {string[]} args
 * @returns {Remote}
 */
export function startRemote(command, args) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  /** @type {{ resolve: (line: string) => void, reject: (error: Error) => void } | undefined} */
  let waiting
  /** @type {Error | undefined} */
  let gone
  const fail = (/** @type {Error} */ error) => {
    gone ??= error
    waiting?.reject(gone)
  }
  child.on('error', fail)
  child.on('close', (code) => fail(new Error(`${command} ended with code ${code}`)))
  child.stdin.on('error', fail)
  createInterface({ input: child.stdout }).on('line', (line) => waiting?.resolve(line))
  return {
    async ask(request) {
      if (gone) throw gone
      const line = await new Promise((resolve, reject) => {
        waiting = { resolve, reject }
        child.stdin.write(`${JSON.stringify(request)}\n`)
      })
      waiting = undefined
      const answer = JSON.parse(line)
      if (answer.error) throw new Error(answer.error)
      return answer
    },
    end: () => child.stdin.end(),
  }
}

/**
 * @param {Remote} remote
 * @param {{ name: string, id: string, result: string, setup: object, promised?: boolean }} description
 * @returns {Promise<import('./timing.mjs').Contender[]>} none where the other process has no such operation
 */
export async function remoteContender(remote, { name, id, result, setup, promised = false }) {
  const { skip } = await remote.ask({ do: 'setup', id, result, ...setup })
  if (skip) return []
  const time = async (/** @type {number} */ calls) => (await remote.ask({ do: 'run', id, calls })).ns
  const output = async () => {
    const { loss } = await remote.ask({ do: 'output', id })
    const { buffer, byteOffset, byteLength } = readFileSync(result)
    // Copied, because a file's bytes may begin where no float can.
    return { values: new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)), loss }
  }
  return [{ name, time, output, promised, dispose: () => remote.ask({ do: 'close', id }) }]
}

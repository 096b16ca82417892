// @ts-check
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { root } from './paths.mjs'

const killDelay = 5000

/**
 * @typedef {object} RunOptions
 * @property {NodeJS.ProcessEnv} [env]
 * @property {import('node:child_process').StdioOptions} [stdio]
 * @property {number} [timeout] milliseconds, after which the child and all its descendants are ended
 * @typedef {{ code: number, output: string, timedOut: boolean }} Outcome
 */

/**
 * Runs a Node program at the repository's root and waits for it; piped output is collected.
 * @param {string[]} args the program and its arguments
 * @param {RunOptions & { node?: string }} [options]
 * @returns {Promise<Outcome>}
 */
export function runNode(args, { node = process.execPath, ...options } = {}) {
  return runProcess(node, args, options)
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Outcome>}
 */
export function runProcess(command, args, { env = process.env, stdio = 'inherit', timeout } = {}) {
  return new Promise((resolve, reject) => {
    // Only a group of its own can be ended together with workers that hang in a loop.
    const group = timeout !== undefined && process.platform !== 'win32'
    const child = spawn(command, args, { cwd: root, env, stdio, detached: group })
    let output = ''
    let timedOut = false
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text
      })
    }

    /** @param {NodeJS.Signals} signal */
    const end = (signal) => {
      try {
        if (group && child.pid) process.kill(-child.pid, signal)
        else child.kill(signal)
      } catch {
        // It has ended by itself.
      }
    }
    // A terminal sends Ctrl-C to our whole group, so only a child outside it needs the signal passed on.
    const onInterrupt = () => group && end('SIGINT')
    const onTerminate = () => end('SIGTERM')
    process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate)
    /** @type {NodeJS.Timeout[]} */
    const timers = []
    if (timeout !== undefined) {
      timers.push(
        setTimeout(() => {
          timedOut = true
          end('SIGTERM')
          timers.push(setTimeout(() => end('SIGKILL'), killDelay))
        }, timeout),
      )
    }

    const settle = () => {
      timers.forEach(clearTimeout)
      process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate)
    }
    child.on('error', (error) => {
      settle()
      reject(error)
    })
    child.on('close', (code, signal) => {
      if (timedOut) end('SIGKILL')
      settle()
      resolve({ code: code ?? 128 + (signal ? constants.signals[signal] : 0), output, timedOut })
    })
  })
}

// @ts-check
import { accessSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Failure } from './failure.mjs'
import { runNode } from './processes.mjs'

// What an npm script may need of the user's configuration to reach a registry, and nothing else.
const keptSettings = ['registry', 'proxy', 'http_proxy', 'https_proxy', 'noproxy', 'cafile', 'cache', 'userconfig']
keptSettings.push('globalconfig', 'prefix')

/**
 * The environment for an npm inside an npm script. The outer npm hands its own settings down as variables
 * (`omit`, `workspace`, `ignore-scripts` and all others), and NODE_ENV=production would leave out the compiler.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function npmEnvironment(env = process.env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => {
      const key = name.toLowerCase()
      if (key === 'node_env' || key === 'npm_command' || /^npm_(package|lifecycle)_/.test(key)) return false
      if (!key.startsWith('npm_config_')) return true
      const setting = key.slice('npm_config_'.length).replaceAll('-', '_')
      // Scoped registries and credentials: @scope:registry, //host/:_authToken.
      return keptSettings.includes(setting) || setting.startsWith('@') || setting.startsWith('//')
    }),
  )
}

/**
 * Runs npm (or npx) under this very Node.
 * @param {string[]} args
 * @param {{ program?: 'npm' | 'npx', timeout?: number }} [options]
 * @returns {Promise<import('./processes.mjs').Outcome>} with what it printed
 */
export async function runNpm(args, { program = 'npm', timeout } = {}) {
  const env = npmEnvironment()
  const cache = env.npm_config_cache ?? defaultCache()
  const temporary = canWrite(cache) ? undefined : mkdtempSync(join(tmpdir(), 'onesum-npm-'))
  if (temporary !== undefined) env.npm_config_cache = temporary
  try {
    return await runNode([npmProgram(program), ...args], { env, timeout, stdio: ['ignore', 'pipe', 'pipe'] })
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true })
  }
}

/** @param {'npm' | 'npx'} program */
function npmProgram(program) {
  const bin = dirname(process.execPath)
  const candidates = [join(bin, '..', 'lib', 'node_modules', 'npm', 'bin'), join(bin, 'node_modules', 'npm', 'bin')]
  candidates.push('/usr/share/nodejs/npm/bin')
  // Under another package manager npm_execpath names that one.
  const outer = process.env.npm_execpath
  if (outer !== undefined && /^np[mx]-cli\.js$/.test(basename(outer))) candidates.unshift(dirname(outer))
  const found = candidates.map((folder) => join(folder, `${program}-cli.js`)).find((file) => existsSync(file))
  if (found === undefined)
    throw new Failure(`no ${program} found beside ${process.execPath}: call npm start or npm test`)
  return found
}

function defaultCache() {
  try {
    return join(homedir(), '.npm')
  } catch {
    return undefined
  }
}

/**
 * Whether npm could keep its cache there. Only writing tells: permissions say nothing of a read-only disk.
 * @param {string | undefined} folder
 */
function canWrite(folder) {
  if (folder === undefined) return false
  const probe = join(folder, `.onesum-probe-${process.pid}`)
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(probe, '')
    rmSync(probe)
    // A cache that root once filled is writable at its top and closed below.
    const contents = join(folder, '_cacache')
    if (existsSync(contents)) accessSync(contents, 6)
    return true
  } catch {
    return false
  }
}

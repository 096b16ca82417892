import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addCounts, closingLine } from '../scripts/counts.mjs'
import { withLock } from '../scripts/lock.mjs'
import { npmEnvironment } from '../scripts/npm.mjs'
import { runNode } from '../scripts/processes.mjs'
import { count } from './support/counts-reporter.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onesum-scripts-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the lock', () => {
  // Far above any system's largest process id.
  const deadPid = '999999999'

  it('lets one holder in at a time and is gone afterwards', async () => {
    const lock = join(folder, 'turns')
    const events: string[] = []
    const work = (name: string) => async () => {
      events.push(`${name} in`)
      await sleep(20)
      events.push(`${name} out`)
      return name
    }
    const waits: string[] = []
    const first = withLock(lock, work('a'))
    const second = withLock(lock, work('b'), () => waits.push('b'))
    expect(await Promise.all([first, second])).toEqual(['a', 'b'])
    expect(events).toEqual(['a in', 'a out', 'b in', 'b out'])
    expect(waits).toEqual(['b'])
    expect(readdirSync(folder).filter((name) => name.startsWith('turns'))).toEqual([])
  })

  it('is freed when its work fails', async () => {
    const lock = join(folder, 'failing')
    await expect(withLock(lock, () => Promise.reject(new Error('no disk')))).rejects.toThrow('no disk')
    expect(existsSync(lock)).toBe(false)
  })

  it('is taken from a process that died', async () => {
    const lock = join(folder, 'dead')
    mkdirSync(lock)
    writeFileSync(join(lock, deadPid), '')
    expect(await withLock(lock, async () => readdirSync(lock))).toEqual([String(process.pid)])
  })

  it('is taken from a living process id whose file was not touched for a minute', async () => {
    const lock = join(folder, 'reused')
    mkdirSync(lock)
    const owner = join(lock, String(process.ppid))
    writeFileSync(owner, '')
    utimesSync(owner, new Date(0), new Date(0))
    expect(await withLock(lock, async () => readdirSync(lock))).toEqual([String(process.pid)])
  })
})

describe('a process', () => {
  it('gives its exit code and what it printed', async () => {
    const outcome = await runNode(['-e', 'console.log("said"); process.exitCode = 3'], { stdio: 'pipe' })
    expect(outcome).toEqual({ code: 3, output: 'said\n', timedOut: false })
  })

  it('is ended with its descendants when its time is over, even in an endless loop', async () => {
    const loop = `const { spawn } = require('node:child_process')
      spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'inherit' })
      for (;;);`
    // The grandchild holds the pipe open: only its end lets the outcome come.
    const { code, timedOut } = await runNode(['-e', loop], { stdio: 'pipe', timeout: 1000 })
    expect(timedOut).toBe(true)
    expect(code).not.toBe(0)
  })
})

describe('the environment of npm inside npm', () => {
  it('keeps what reaches a registry and drops the rest of the outer npm', () => {
    const kept = {
      PATH: '/bin',
      npm_config_registry: 'https://registry.example',
      NPM_CONFIG_CAFILE: '/ca.pem',
      npm_config_https_proxy: 'http://proxy.example',
      npm_config_cache: '/cache',
      npm_config_userconfig: '/npmrc',
      'npm_config_//registry.example/:_authToken': 'token',
    }
    const dropped = {
      NODE_ENV: 'production',
      npm_config_omit: 'dev',
      npm_config_ignore_scripts: 'true',
      npm_config_workspace: 'packages/io',
      npm_package_name: 'onesum-repository',
      npm_lifecycle_event: 'test',
      npm_command: 'test',
    }
    expect(npmEnvironment({ ...kept, ...dropped })).toEqual(kept)
  })
})

describe('the closing line', () => {
  it('is plain text', () => {
    expect(closingLine(addCounts({ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 }))).toBe(
      '11 passed, 22 failed, 33 skipped',
    )
  })

  it('counts stray errors and tests that never ended as failures', () => {
    const tests = (['passed', 'passed', 'failed', 'pending', 'skipped'] as const).map((state) => ({ state }))
    expect(count({ tests, strayErrors: 2 })).toEqual({ passed: 2, failed: 4, skipped: 1 })
  })

  it('makes a run without tests, or with skipped ones alone, a failure', () => {
    expect(count({ tests: [], strayErrors: 0 })).toEqual({ passed: 0, failed: 1, skipped: 0 })
    expect(count({ tests: [{ state: 'skipped' }], strayErrors: 0 })).toEqual({ passed: 0, failed: 1, skipped: 1 })
  })
})

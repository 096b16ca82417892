// @ts-check
// A lock is a folder that holds one file named after its owner's process id. It is made complete under
// another name and renamed into place, so nobody ever sees it without its owner. Only the dead owner's own
// file is removed, and rmdir refuses a folder that holds another: a lock just taken cannot be freed by mistake.
import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const heartbeat = 5000
// Another container's process may bear the same id, so a living id counts only while its file is touched.
const staleAfter = 60_000

/**
 * Runs `work` while no other process holds the lock.
 * @template T
 * @param {string} folder
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait] called once when another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(folder, work, onWait = () => {}) {
  for (let waited = false; !take(folder); waited = true) {
    freeIfAbandoned(folder)
    if (!waited) onWait()
    await sleep(200)
  }
  const owner = join(folder, String(process.pid))
  const beat = setInterval(() => touch(owner), heartbeat)
  try {
    return await work()
  } finally {
    clearInterval(beat)
    release(folder, owner)
  }
}

/** @param {string} folder */
function take(folder) {
  const draft = `${folder}.${process.pid}`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft)
  writeFileSync(join(draft, String(process.pid)), '')
  try {
    renameSync(draft, folder)
    return true
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!['ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES'].includes(code(error))) throw error
    return false
  }
}

/** @param {string} folder */
function freeIfAbandoned(folder) {
  try {
    for (const name of readdirSync(folder)) {
      const owner = join(folder, name)
      if (!isAlive(Number(name)) || Date.now() - statSync(owner).mtimeMs > staleAfter) release(folder, owner)
    }
  } catch (error) {
    if (code(error) !== 'ENOENT') throw error
  }
}

/**
 * @param {string} folder
 * @param {string} owner
 */
function release(folder, owner) {
  rmSync(owner, { force: true })
  try {
    rmdirSync(folder)
  } catch {
    // Another process has taken or freed it in the meantime.
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return code(error) === 'EPERM'
  }
}

/** @param {string} file */
function touch(file) {
  try {
    utimesSync(file, new Date(), new Date())
  } catch {
    // The lock was taken from us after a long sleep; the work itself is safe to finish.
  }
}

/** @param {unknown} error */
function code(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

import { randomBytes } from 'node:crypto'
import { type FileHandle, link, open, realpath, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { InputError } from '../errors.ts'
import type { Sink } from '../sink.ts'
import { codeOf, explained } from './errors.ts'
import { temporaries } from './temporaries.ts'

/**
 * Begins a file that appears whole at `commit` or not at all: a temporary file beside the target, synced and renamed.
 *
 * An existing target is refused without `force`, here and again at the rename. A device or a named pipe is written to
 * directly; a symbolic link stays and its target is replaced, keeping its permissions.
 */
export async function createFile(path: string, options: { force?: boolean } = {}): Promise<Sink> {
  const { force = false } = options
  try {
    const target = await realpath(path).catch(() => path)
    const existing = await stat(target).catch(() => undefined)
    if (existing?.isDirectory()) throw new InputError(`${path}: cannot be written: it is a folder`)
    if (existing && !existing.isFile()) return directSink(path, await open(target, 'w'))
    if (existing && !force) throw exists(path)
    const temporary = join(dirname(target), `.${basename(target).slice(0, 100)}.${randomBytes(6).toString('hex')}.tmp`)
    // known before it exists, so that a signal in between leaves nothing
    temporaries.add(temporary)
    const handle = await open(temporary, 'wx').catch((error) => {
      temporaries.delete(temporary)
      throw error
    })
    if (existing) await handle.chmod(existing.mode & 0o777).catch(() => {})
    return atomicSink(path, target, temporary, handle, force)
  } catch (error) {
    throw explained(error, path, 'cannot be written')
  }
}

function exists(path: string): InputError {
  return new InputError(`${path}: already exists; choose another name, or overwrite it with --force`)
}

function atomicSink(path: string, target: string, temporary: string, handle: FileHandle, force: boolean): Sink {
  let open = true
  const close = async () => {
    if (!open) return
    open = false
    await handle.close()
  }
  const guarded = async <T>(action: () => Promise<T>): Promise<T> => {
    try {
      return await action()
    } catch (error) {
      throw explained(error, path, 'cannot be written')
    }
  }
  return {
    name: path,
    write: (bytes) => guarded(() => writeAll(handle, bytes, null)),
    writeAt: (offset, bytes) => guarded(() => writeAll(handle, bytes, offset)),
    commit: () =>
      guarded(async () => {
        await handle.sync()
        await close()
        if (force) await rename(temporary, target)
        else await placeNew(path, temporary, target)
        temporaries.delete(temporary)
        await syncFolder(dirname(target))
      }),
    async abort() {
      await close().catch(() => {})
      if (!temporaries.delete(temporary)) return
      await unlink(temporary).catch(() => {})
    },
  }
}

/** Renames only where nothing has that name: a hard link fails if something has. */
async function placeNew(path: string, temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw exists(path)
    // a file system without hard links: reserve the name, then rename over it
    const reserved = await open(target, 'wx').catch((problem) => {
      throw codeOf(problem) === 'EEXIST' ? exists(path) : problem
    })
    await reserved.close()
    await rename(temporary, target)
    return
  }
  await unlink(temporary)
}

// makes the new name survive a crash; not every system lets a folder be synced
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => {})
  await handle?.close()
}

function directSink(name: string, handle: FileHandle): Sink {
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= handle.close()
    return closed
  }
  return {
    name,
    async write(bytes) {
      try {
        await writeAll(handle, bytes, null)
      } catch (error) {
        throw explained(error, name, 'cannot be written')
      }
    },
    commit: close,
    abort: close,
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, offset: number | null): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const at = offset === null ? null : offset + done
    done += (await handle.write(bytes, done, bytes.length - done, at)).bytesWritten
  }
}

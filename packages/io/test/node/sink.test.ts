import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createWriter } from '../../src/index.ts'
import { abortAll, createFile } from '../../src/node/index.ts'
import { problem, utf8 } from '../helpers.ts'
import { child, ended, ready } from './child.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onesum-io-sink-'))
  path = join(folder, 'out.csv')
})

const names = () => readdirSync(folder)
const content = (file = path) => readFileSync(file, 'utf8')
const refusal = () => `${path}: already exists; choose another name, or overwrite it with --force`

describe('createFile', () => {
  it('shows nothing under the name before commit, and the whole after it', async () => {
    const sink = await createFile(path)
    await sink.write(utf8('-- world'))
    await sink.writeAt?.(0, utf8('oh'))
    expect(existsSync(path)).toBe(false)
    await sink.commit()
    expect(content()).toBe('oh world')
    expect(names()).toEqual(['out.csv'])
    await sink.abort()
    expect(content()).toBe('oh world')
  })

  it('goes on at the end after bytes were written at a place', async () => {
    const sink = await createFile(path)
    await sink.write(utf8('abc'))
    await sink.writeAt?.(0, utf8('A'))
    await sink.write(utf8('def'))
    await sink.commit()
    expect(content()).toBe('Abcdef')
  })

  it('leaves nothing after abort, which is harmless twice', async () => {
    const sink = await createFile(path)
    await sink.write(utf8('half'))
    await sink.abort()
    await sink.abort()
    expect(names()).toEqual([])
  })

  it('refuses a name that is taken, at once and at the rename', async () => {
    writeFileSync(path, 'before')
    expect(await problem(createFile(path))).toBe(refusal())
    const other = join(folder, 'other.csv')
    const sink = await createFile(other)
    await sink.write(utf8('mine'))
    writeFileSync(other, 'theirs')
    expect(await problem(sink.commit())).toBe(refusal().replace('out.csv', 'other.csv'))
    await sink.abort()
    expect(content(other)).toBe('theirs')
    expect(names()).toEqual(['other.csv', 'out.csv'])
  })

  it('replaces a file with force, and keeps its permissions', async () => {
    writeFileSync(path, 'before')
    chmodSync(path, 0o640)
    const sink = await createFile(path, { force: true })
    await sink.write(utf8('after'))
    expect(content()).toBe('before')
    await sink.commit()
    expect(content()).toBe('after')
    expect(statSync(path).mode & 0o777).toBe(0o640)
  })

  it('replaces what a symbolic link points to', async () => {
    const real = join(folder, 'real.csv')
    writeFileSync(real, 'before')
    symlinkSync(real, path)
    const sink = await createFile(path, { force: true })
    await sink.write(utf8('after'))
    await sink.commit()
    expect(content(real)).toBe('after')
    expect(names()).toEqual(['out.csv', 'real.csv'])
  })

  it('writes to a device directly', async () => {
    const sink = await createFile('/dev/null')
    await sink.write(utf8('gone'))
    await sink.commit()
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  it('says why a file cannot be written', async () => {
    mkdirSync(path)
    expect(await problem(createFile(path, { force: true }))).toBe(`${path}: cannot be written: it is a folder`)
    const nowhere = join(folder, 'no', 'where.csv')
    expect(await problem(createFile(nowhere))).toBe(`${nowhere}: cannot be written: no such file or folder`)
    const inside = join(folder, 'file', 'a.csv')
    writeFileSync(join(folder, 'file'), '')
    expect(await problem(createFile(inside))).toBe(`${inside}: cannot be written: a part of the path is not a folder`)
  })

  it('says that a folder may not be written to', async () => {
    chmodSync(folder, 0o555)
    // root may write anywhere, so there the process is nobody's
    const process = child(
      `await io.createFile(${JSON.stringify(path)}).catch((error) => console.log(error.name, error.message))`,
      globalThis.process.getuid?.() === 0 ? 65534 : undefined,
    )
    expect(await ended(process)).toMatchObject({
      stdout: `InputError ${path}: cannot be written: permission denied\n`,
      stderr: '',
    })
    chmodSync(folder, 0o755)
  })

  it.skipIf(!existsSync('/dev/full'))('says that the disk is full', async () => {
    const sink = await createFile('/dev/full')
    expect(await problem(sink.write(utf8('x')))).toBe('/dev/full: cannot be written: no space left on the disk')
  })

  it('is aborted by a writer that fails', async () => {
    const writer = await createWriter(await createFile(path), { format: 'csv', dtype: 'float64', shape: [2, 2] })
    await writer.write([1, 2])
    await expect(writer.finish()).rejects.toThrow(`${path}: shape (2, 2) takes 4 values, got 2`)
    expect(names()).toEqual([])
  })
})

describe('abortAll', () => {
  it('removes what is unfinished and leaves what is finished', async () => {
    const done = await createFile(path)
    await done.commit()
    const open = await createFile(join(folder, 'open.csv'))
    await open.write(utf8('half'))
    abortAll()
    expect(names()).toEqual(['out.csv'])
    await open.abort()
  })
})

describe('a process that ends in the middle', () => {
  const writing = (options: string, handler = '') =>
    child(`
      ${handler}
      const sink = await io.createFile(${JSON.stringify(path)}, ${options})
      await sink.write(new Uint8Array(100_000))
      console.log('ready')
      setInterval(() => {}, 1000)`)

  it('leaves no half file when it is killed', async () => {
    const process = writing('{}')
    await ready(process)
    process.kill('SIGKILL')
    expect(await ended(process)).toMatchObject({ signal: 'SIGKILL' })
    expect(existsSync(path)).toBe(false)
  })

  it('leaves an existing file as it was when it is killed', async () => {
    writeFileSync(path, 'before')
    const process = writing('{ force: true }')
    await ready(process)
    process.kill('SIGKILL')
    expect(await ended(process)).toMatchObject({ signal: 'SIGKILL' })
    expect(content()).toBe('before')
  })

  it('leaves nothing at all when its handler calls abortAll', async () => {
    const process = writing('{}', `process.on('SIGINT', () => { io.abortAll(); process.exit(130) })`)
    await ready(process)
    process.kill('SIGINT')
    expect(await ended(process)).toMatchObject({ code: 130, stderr: '' })
    expect(names()).toEqual([])
  })
})

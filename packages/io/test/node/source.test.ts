import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { openFile, stdinSource } from '../../src/node/index.ts'
import { fixture, problem, readAll } from '../helpers.ts'
import { child, ended } from './child.ts'

const folder = mkdtempSync(join(tmpdir(), 'onesum-io-source-'))

describe('openFile', () => {
  it('reads at any place, into given memory, and short only at the end', async () => {
    const path = join(folder, 'bytes')
    writeFileSync(path, Uint8Array.of(1, 2, 3, 4, 5))
    const source = await openFile(path)
    expect(source.size).toBe(5)
    expect(await source.read?.(1, 2)).toEqual(Uint8Array.of(2, 3))
    expect(await source.read?.(3, 9)).toEqual(Uint8Array.of(4, 5))
    expect(await source.read?.(9, 9)).toEqual(new Uint8Array(0))
    const memory = new Uint8Array(4)
    const found = await source.read?.(0, 4, memory)
    expect(found?.buffer).toBe(memory.buffer)
    expect(memory).toEqual(Uint8Array.of(1, 2, 3, 4))
    await source.close()
    await source.close()
  })

  it('says why a file cannot be read', async () => {
    const missing = join(folder, 'missing.npy')
    expect(await problem(openFile(missing))).toBe(`${missing}: cannot be read: no such file or folder`)
    mkdirSync(join(folder, 'a.csv'))
    expect(await problem(openFile(join(folder, 'a.csv')))).toBe(
      `${join(folder, 'a.csv')}: cannot be read: it is a folder`,
    )
  })

  it.skipIf(process.platform === 'win32')('streams a named pipe', async () => {
    const pipe = join(folder, 'pipe.npy')
    execFileSync('mkfifo', [pipe])
    const data = join(folder, 'data.npy')
    writeFileSync(data, fixture('cube.npy'))
    spawn('sh', ['-c', `cat ${data} > ${pipe}`])
    const source = await openFile(pipe)
    expect(source.size).toBeUndefined()
    expect((await readAll(source)).values).toHaveLength(24)
  })
})

describe('stdinSource', () => {
  it('reads a pipe to its end', async () => {
    const process = child(`
      const source = io.stdinSource()
      let length = 0
      for await (const bytes of source.stream()) length += bytes.length
      await source.close()
      console.log(source.name, source.size, length)`)
    process.stdin.end(new Uint8Array(300_000))
    expect(await ended(process)).toMatchObject({ stdout: 'stdin undefined 300000\n', stderr: '', code: 0 })
  })

  it('reads a stream in its place, and ends it', async () => {
    const stream = Readable.from([Uint8Array.of(1, 2), Uint8Array.of(3)])
    const source = stdinSource(stream)
    const first = await source.stream()[Symbol.asyncIterator]().next()
    expect([source.name, first.value]).toEqual(['stdin', Uint8Array.of(1, 2)])
    await source.close()
    expect(stream.destroyed).toBe(true)
  })
})

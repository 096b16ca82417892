import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { ClosedPipeError, stdoutSink } from '../../src/node/index.ts'
import { problem } from '../helpers.ts'
import { child, ended, ready } from './child.ts'

describe('stdoutSink', () => {
  it('writes bytes in order and cannot go back', async () => {
    const process = child(`
      const sink = io.stdoutSink()
      const memory = new Uint8Array(200_000)
      for (const byte of [65, 66, 67]) {
        memory.fill(byte)
        await sink.write(memory) // the memory is free again
      }
      await sink.commit()
      if (sink.writeAt) throw new Error('writeAt')`)
    const { stdout, stderr, code } = await ended(process)
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout === 'A'.repeat(200_000) + 'B'.repeat(200_000) + 'C'.repeat(200_000)).toBe(true)
  })

  it('writes to a stream in its place, and explains its errors', async () => {
    const got: number[] = []
    let code = ''
    const stream = () =>
      new Writable({
        write(bytes: Uint8Array, _, done) {
          got.push(...bytes)
          done(code ? Object.assign(new Error(code), { code }) : null)
        },
      })
    await stdoutSink(stream()).write(Uint8Array.of(1, 2))
    expect(got).toEqual([1, 2])
    code = 'ENOSPC'
    expect(await problem(stdoutSink(stream()).write(Uint8Array.of(3)))).toBe(
      'stdout: cannot be written: no space left on the disk',
    )
    code = 'EPIPE'
    await expect(stdoutSink(stream()).write(Uint8Array.of(4))).rejects.toThrow(ClosedPipeError)
  })

  it('throws ClosedPipeError when the reader has gone', async () => {
    const process = child(`
      const sink = io.stdoutSink()
      try {
        while (true) await sink.write(new Uint8Array(65536))
      } catch (error) {
        if (!(error instanceof io.ClosedPipeError)) throw error
        console.error(error.message)
      }`)
    await ready(process)
    process.stdout.destroy()
    expect(await ended(process)).toMatchObject({ stderr: 'stdout: the pipe was closed\n', code: 0 })
  })
})

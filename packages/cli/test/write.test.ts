import { InputError, type Sink, type Values } from '@onesum/io'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../src/errors.ts'
import { writePieces } from '../src/write.ts'

async function* two(): AsyncGenerator<Values> {
  yield Float64Array.of(0.25, 0.75)
  yield Float64Array.of(0.5, 0.5)
}

const file = { format: 'npy', dtype: 'float64', shape: [2, 2] } as const

/** A sink on a disk that is full after so many writes. */
function fullAfter(writes: number): Sink & { calls: string[] } {
  const calls: string[] = []
  return {
    name: 'y.npy',
    calls,
    async write() {
      calls.push('write')
      if (calls.length > writes) throw new InputError('y.npy: cannot be written: no space left on the disk')
    },
    async commit() {
      calls.push('commit')
    },
    async abort() {
      calls.push('abort')
    },
  }
}

describe('writePieces', () => {
  test('commits once and counts what it wrote', async () => {
    const sink = fullAfter(100)
    expect(await writePieces(two(), async () => sink, file)).toBe(4)
    expect(sink.calls.filter((call) => call !== 'write')).toEqual(['commit'])
  })

  // the header is one write, each piece at least one
  test.each([0, 1, 2])('a disk that is full after %i writes aborts and never commits', async (writes) => {
    const sink = fullAfter(writes)
    const failed = writePieces(two(), async () => sink, file)
    await expect(failed).rejects.toThrow('no space left on the disk')
    expect(sink.calls).toContain('abort')
    expect(sink.calls).not.toContain('commit')
  })

  test('an input that is wrong from the start opens no sink', async () => {
    let opened = false
    async function* wrong(): AsyncGenerator<Values> {
      for (const values of [Float64Array.of(1)]) {
        if (values.length === 1) throw new InputError('x.npy: wrong')
        yield values
      }
    }
    const open = async (): Promise<Sink> => {
      opened = true
      return fullAfter(0)
    }
    await expect(writePieces(wrong(), open, file)).rejects.toThrow('x.npy: wrong')
    expect(opened).toBe(false)
  })
})

describe('failureOf', () => {
  test('a closed pipe is no failure', () => {
    expect(failureOf(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }), 'onesum')).toEqual({
      code: 0,
      text: '',
    })
  })

  test('a system error keeps its words', () => {
    const error = Object.assign(new Error("EACCES: permission denied, mkdir '/x'"), {
      code: 'EACCES',
      syscall: 'mkdir',
    })
    expect(failureOf(error, 'onesum')).toEqual({ code: 1, text: "onesum: EACCES: permission denied, mkdir '/x'\n" })
  })

  test('an error of our own comes with its trace', () => {
    const { code, text } = failureOf(new Error('boom'), 'onesum')
    expect(code).toBe(1)
    expect(text).toMatch(/^onesum: unexpected error, please report it\nError: boom\n +at /)
  })
})

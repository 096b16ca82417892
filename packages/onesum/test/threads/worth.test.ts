import { afterEach, describe, expect, it, vi } from 'vitest'
import { Worth } from '../../src/threads/worth.ts'

afterEach(() => vi.restoreAllMocks())

const LARGE = 1 << 20
const SMALL = 1 << 16

/** Calls on a clock of their own, with threads that sleep or not. */
function prepare(awake = true) {
  let clock = 1
  vi.spyOn(performance, 'now').mockImplementation(() => clock)
  const crew = { awake, wake: vi.fn() }
  const worth = new Worth(crew)
  /** One call; whether it was shared. */
  const call = (time: (shared: boolean) => number, entries = LARGE, name = 'softmax') => {
    const shared = worth.begin({ share: { name }, units: 1, entries })
    clock += time(shared)
    worth.end()
    return shared
  }
  /** The time of so many calls. */
  const total = (calls: number, time: (shared: boolean) => number) => {
    const start = clock
    for (let k = 0; k < calls; k++) call(time)
    return clock - start
  }
  const pass = (time: number) => {
    clock += time
  }
  return { worth, crew, call, total, pass }
}

describe('sharing', () => {
  it('begins once it is known what one thread takes', () => {
    const { call } = prepare()
    const shared = Array.from({ length: 8 }, () => call((shared) => (shared ? 0.55 : 1)))
    expect(shared.indexOf(true)).toBe(3)
    expect(shared.slice(3)).not.toContain(false)
  })

  it('takes nearly all calls where it pays', () => {
    const { total } = prepare()
    // one in 64 goes alone, and the first three
    expect(total(10_000, (shared) => (shared ? 0.5 : 1))).toBeLessThan(0.52 * 10_000)
  })

  it.each([1, 1.2, 2, 10, 400])('costs less than a twentieth where a shared call takes %d times as long', (factor) => {
    const { total } = prepare()
    total(100, (shared) => (shared ? factor : 1))
    expect(total(100_000, (shared) => (shared ? factor : 1))).toBeLessThan(1.05 * 100_000)
  })

  it('costs less than a twentieth where shared calls are now and then interrupted for long', () => {
    const { total } = prepare()
    let calls = 0
    // half of the time for most of them, four hundred times of it for one in eight
    const time = (shared: boolean) => (!shared ? 1 : calls++ % 8 === 0 ? 400 : 0.5)
    expect(total(100_000, time)).toBeLessThan(1.05 * 100_000)
  })

  it('comes back when it pays again', () => {
    const { total, call } = prepare()
    total(1000, (shared) => (shared ? 3 : 1))
    total(1000, (shared) => (shared ? 0.5 : 1))
    expect(
      Array.from({ length: 10 }, () => call((shared) => (shared ? 0.5 : 1))).filter(Boolean).length,
    ).toBeGreaterThan(8)
  })

  it('goes on where a call took fifty times as long, if it pays for hundreds', () => {
    const { call } = prepare()
    for (let k = 0; k < 1000; k++) call((together) => (together ? 0.6 : 1))
    call(() => 50)
    expect(call((together) => (together ? 0.6 : 1))).toBe(true)
  })

  it('pauses for few calls after the first that were in vain, as calls of new code are slow', () => {
    const { call } = prepare()
    const times = [30, 0.5]
    let shared = 0
    const calls = Array.from({ length: 40 }, () => call((together) => (together ? times[Math.min(shared++, 1)] : 1)))
    expect(calls.filter(Boolean).length).toBeGreaterThan(15)
  })

  it('notices that one thread has become faster', () => {
    const { total } = prepare()
    total(1000, (shared) => (shared ? 0.9 : 2))
    total(1000, (shared) => (shared ? 0.9 : 0.5))
    expect(total(10_000, (shared) => (shared ? 0.9 : 0.5))).toBeLessThan(0.55 * 10_000)
  })

  it('is judged for each kernel and size by itself', () => {
    const { total, call } = prepare()
    total(1000, (shared) => (shared ? 3 : 1))
    const other = Array.from({ length: 5 }, () => call((shared) => (shared ? 0.5 : 1), LARGE, 'softmaxBackward'))
    expect(other).toEqual([false, false, false, true, true])
  })
})

describe('threads that sleep', () => {
  it('are left asleep by a short call, and woken by the next one if it comes soon', () => {
    const { crew, call, pass } = prepare(false)
    for (let k = 0; k < 10; k++) {
      pass(1)
      expect(call(() => 0.04, SMALL)).toBe(false)
    }
    expect(crew.wake).not.toHaveBeenCalled()
    expect(call(() => 0.04, SMALL)).toBe(false)
    expect(crew.wake).toHaveBeenCalledOnce()
    crew.awake = true
    expect(call(() => 0.02, SMALL)).toBe(true)
  })

  it('are woken by a long call, which is shared, however few its entries', () => {
    const { call, pass } = prepare(false)
    const shared = Array.from({ length: 4 }, () => {
      pass(1)
      return call(() => 0.2, SMALL)
    })
    expect(shared).toEqual([false, false, false, true])
  })
})

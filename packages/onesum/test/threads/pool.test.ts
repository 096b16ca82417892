import { afterAll, afterEach, beforeAll, describe, expect, it, type MockInstance } from 'vitest'
import { assemble, Func, I32, i32, ifElse, type Local, place, SCRATCH, whileTrue } from '../../kernels/assembler.ts'
import { engine } from '../../src/kernels/wasm/engines.ts'
import { family } from '../../src/kernels/wasm/family.ts'
import type { Job, Share } from '../../src/kernels/wasm/pool.ts'
import { ThreadPool } from '../../src/threads/pool.ts'
import { shareAlways } from './support.ts'

const variant = engine()?.variant ?? 'strict'

/** The caller's scratch; a thread of the pool has one of its own. */
const CALLER = 1 << 12

/**
 * fill(y, rows, leave, own, other): first spins, the caller for `own` turns and other threads for `other` ones; then
 * stores its scratch's address, which says who it is, for each row but the last `leave`, and returns how many it did.
 */
function fill(): string {
  const f = new Func('fill', [I32])
  const [y, rows, leave, own, other] = [f.param(I32), f.param(I32), f.param(I32), f.param(I32), f.param(I32)]
  const done = f.local(I32)
  const less = (local: Local) => local.set(i32.sub(local.get, i32.const(1)))
  const code = assemble([
    place(
      0,
      f.body(
        ifElse(i32.eq(SCRATCH, i32.const(CALLER)), other.set(own.get)),
        whileTrue(other.get, less(other)),
        done.set(i32.sub(rows.get, leave.get)),
        rows.set(done.get),
        whileTrue(rows.get, i32.store(y.get, 0, SCRATCH), y.set(i32.add(y.get, i32.const(4))), less(rows)),
        done.get,
      ),
    ),
  ])
  return Buffer.from(code).toString('hex')
}

const code = fill()
let sharing: MockInstance
beforeAll(() => {
  sharing = shareAlways()
})
afterAll(() => sharing.mockRestore())
const pools: ThreadPool[] = []
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.resize(0))))

/** About a tenth of a millisecond: enough for others to wake up in the course of a job. */
const TENTH = 2e5

/** Entries of units that are a chunk each, and of those that are two to a piece and four to a chunk. */
const LARGE = 1 << 15
const SMALL = 1 << 11

/** A pool of two threads, and a job of 64 units. */
async function prepare({ leave = 0, own = TENTH, other = 0, entries = LARGE } = {}) {
  const pool = new ThreadPool(variant)
  pools.push(pool)
  await pool.resize(1)
  const { heap, ints } = pool.engine
  const units = 64
  const at = heap.allocate(4 * units) ?? 0
  const results = ints.subarray(at / 4, at / 4 + units)
  const share: Share = {
    family: family({ strict: code, relaxed: code }),
    name: 'fill',
    args: [at, units, leave, own, other],
    steps: [4],
    counted: 1,
    each: 1,
    writes: [0],
    leaves: true,
  }
  const left: number[][] = []
  const here: Job['here'] = (...which) => {
    left.push(which as number[])
  }
  return { pool, job: { share, variant, units, entries, here } as Job, results, left }
}

const byOthers = (results: Int32Array) => results.filter((who) => who !== CALLER)

/** Runs the job until `enough`: a busy machine may give the other thread no time at first, and then jobs are its own. */
async function runUntil(run: () => boolean): Promise<void> {
  for (const end = performance.now() + 30_000; !run() && performance.now() < end; ) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

describe('the pool', () => {
  it('gives units to another thread, and does each of them', async () => {
    const { pool, job, results } = await prepare()
    await runUntil(() => {
      results.fill(0)
      return pool.run(job) && byOthers(results).length > 0
    })
    expect(results).not.toContain(0)
    expect(byOthers(results).length).toBeGreaterThan(0)
  })

  it('takes over what a slow thread has claimed, and that thread changes nothing when it is done', async () => {
    // some tenths of a second a unit
    const { pool, job, results } = await prepare({ other: 5e8 })
    for (let round = 0; round < 5; round++) {
      results.fill(0)
      const start = performance.now()
      await runUntil(() => pool.run(job))
      expect([...new Set(results)]).toEqual([CALLER])
      // 64 units of a tenth of a millisecond here; the rest is the machine's
      expect(performance.now() - start).toBeLessThan(5000)
      results.fill(3)
      await new Promise((resolve) => setTimeout(resolve, 400))
      expect([...new Set(results)]).toEqual([3])
    }
  })

  it('says of each chunk where it was left, and leaves the rest untouched', async () => {
    const { pool, job, results, left } = await prepare({ leave: 1, entries: SMALL })
    await runUntil(() => {
      results.fill(0)
      left.length = 0
      return pool.run(job) && byOthers(results).some((who) => who !== 0)
    })
    expect(left.map(([first, end]) => [first, end])).toEqual(Array.from({ length: 16 }, (_, k) => [4 * k, 4 * k + 4]))
    // the caller does a chunk at once and leaves its last unit; others leave the last one of the first piece
    for (const [first, , done] of left) {
      const whose = results[first] === CALLER ? 3 : 1
      expect(done).toBe(whose)
      for (let k = 0; k < 4; k++) expect(results[first + k] === 0).toBe(k >= done)
    }
    expect(byOthers(results).some((who) => who !== 0)).toBe(true)
  })

  it('gives whole groups, and leaves the rest to the caller', async () => {
    const { pool, job, results, left } = await prepare()
    const { args } = job.share
    const share = { ...job.share, args: [args[0], 10, ...args.slice(2)], each: 1 / 6, group: 6, leaves: false }
    await runUntil(() => pool.run({ ...job, share }))
    expect(left).toEqual([[60, 64]])
    expect(results.subarray(60)).toEqual(new Int32Array(4))
  })

  it('leaves small jobs, and jobs of one unit, to the caller', async () => {
    const { pool, job, left } = await prepare()
    expect(pool.run({ ...job, units: 1 })).toBe(false)
    expect(pool.run({ ...job, entries: 100 })).toBe(false)
    expect(left).toEqual([])
  })
})

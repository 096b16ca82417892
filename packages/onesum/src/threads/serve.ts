/** What a thread of the pool does from its start to its end. */
import type { Post } from './board.ts'

/**
 * Waits for jobs, claims chunks, computes them piece by piece, and commits each piece, until it is told to end.
 *
 * Its text is all that a worker of Node gets, so that it may name nothing from outside but globals.
 *
 * It never writes outside its own part of memory but in `commit`, which does nothing once the chunk is not its own any
 * more: however late a thread comes, it harms nobody. A piece is small enough to stay in a first-level cache, so that its
 * copy costs little, and whoever is behind loses little. A chunk is claimed by an exchange that holds the epoch; when that
 * succeeds the job was still open, and what was read of it before is true. Later reads may meet the next job's numbers:
 * floats do no harm, as their results are thrown away; what serves as an index is copied, and the claim looked at again.
 */
export function serve(post: Post, ready: () => void): void {
  const { memory, board, offsets, words, maxArgs, index, home, scratchBytes, patience, settling } = post
  const ints = new Int32Array(memory.buffer)
  const numbers = new Float64Array(memory.buffer)
  const bytes = new Uint8Array(memory.buffer)
  const at = (offset: number) => (board + offset) >> 2
  const epochAt = at(offsets.epoch)
  const restAt = at(offsets.rests) + index
  const eachAt = (board + offsets.numbers) >> 3
  const baseAt = eachAt + 1
  type Run = (...args: number[]) => number | undefined
  const instantiate = (code: BufferSource): Run[] => {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory, scratch: home } })
    return Object.values(instance.exports) as unknown as Run[]
  }
  const [commit] = instantiate(post.commit as Uint8Array<ArrayBuffer>)
  const modules: Run[][] = []
  const [base, steps]: number[][] = [[], []]
  const args = Array.from({ length: maxArgs }, () => 0)

  /** The posted module, compiled at first use: its bytes stay where they are as long as the pool runs. */
  const moduleOf = (number: number): Run[] => {
    const place = at(offsets.modules) + 2 * number
    modules[number] ??= instantiate(bytes.slice(ints[place], ints[place] + ints[place + 1]))
    return modules[number]
  }

  const join = (epoch: number): void => {
    const wordsAt = at(offsets.words)
    const word = (number: number) => ints[wordsAt + number]
    const run = moduleOf(word(words.module))[word(words.func)]
    const [chunks, chunk, piece, units] = [word(words.chunks), word(words.chunk), word(words.piece), word(words.units)]
    const [width, counted] = [word(words.width), word(words.counted)]
    const [leaves, sums] = [word(words.leaves), word(words.sums)]
    const [write1, write2, indices] = [word(words.first), word(words.second), word(words.indices)]
    const each = numbers[eachAt]
    for (let i = 0; i < width; i++) {
      base[i] = numbers[baseAt + i]
      steps[i] = numbers[baseAt + maxArgs + i]
    }
    const free = epoch << 2
    const claimed = free | 1

    /** Does units [from, end) of the chunk that begins with `first`, as many as make a piece; whether others are left. */
    const advance = (state: number, first: number, from: number, end: number): boolean => {
      const taken = Math.min(piece, end - from)
      for (let i = 0; i < width; i++) args[i] = base[i] + from * steps[i]
      args[counted] = Math.min(taken * each, base[counted] - from * each)
      let room = home + scratchBytes
      if (indices >= 0) {
        const size = taken * steps[indices]
        bytes.copyWithin(room, args[indices], args[indices] + size)
        args[indices] = room
        room += Math.ceil(size / 64) * 64 + 64
      }
      if (Atomics.load(ints, state) !== claimed) return false
      // what is read past the end of a room must be room as well
      const to1 = write1 < 0 ? 0 : args[write1]
      const from1 = room
      if (write1 >= 0) {
        args[write1] = room
        room += Math.ceil((taken * steps[write1]) / 64) * 64 + 64
      }
      const to2 = write2 < 0 ? 0 : args[write2]
      const from2 = room
      if (write2 >= 0) args[write2] = room
      const result = run(args[0], args[1], args[2], args[3], args[4], args[5], args[6], args[7], args[8], args[9])
      // units that are not done keep what they hold: in place that is their input
      const done = leaves ? (result as number) : args[counted] / each
      const bytes1 = write1 < 0 ? 0 : Math.round(done * steps[write1])
      const bytes2 = write2 < 0 ? 0 : Math.round(done * steps[write2])
      const progress = from - first + (leaves ? done : taken)
      const more = from + taken < end && !(leaves && done < taken)
      // a result that nobody wants goes nowhere
      const resultAt = sums ? board + offsets.results + 8 * from : home
      const then = more ? claimed : claimed + 2
      commit(4 * state, claimed, then, progress, resultAt, result ?? 0, to1, from1, bytes1, to2, from2, bytes2)
      return more
    }

    // each thread begins in its own part of the job, so that few meet
    const start = Math.floor((chunks * index) / ints[at(offsets.threads)])
    for (let k = 0; k < chunks; k++) {
      const number = (start + k) % chunks
      const state = at(offsets.states + number * offsets.line)
      if (ints[state] !== free || Atomics.compareExchange(ints, state, free, claimed) !== free) continue
      const first = number * chunk
      const end = Math.min(first + chunk, units)
      for (let from = first; advance(state, first, from, end); from += piece);
    }
  }

  let seen = Atomics.load(ints, epochAt)
  const settled = performance.now() + settling
  const later = () => Math.max(settled, performance.now() + patience)
  ready()
  for (;;) {
    let until = later()
    for (let turns = 1; Atomics.load(ints, epochAt) === seen; turns++) {
      if (turns % 256 > 0 || performance.now() < until) continue
      // who posts a job from here on sees this, or is seen by the wait
      Atomics.store(ints, restAt, 1)
      Atomics.wait(ints, epochAt, seen)
      Atomics.store(ints, restAt, 0)
      until = later()
    }
    seen = Atomics.load(ints, epochAt)
    if (ints[at(offsets.quits) + index]) return
    join(seen)
  }
}

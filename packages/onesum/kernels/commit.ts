/**
 * How a thread hands in what it has computed, unless another thread has taken the work over in the meantime.
 *
 * Between the exchange and the last store there is neither a loop nor a call. Engines look for the termination of a
 * thread at the entry of functions and at loops alone, so that a commit that has begun also ends, whoever terminates the
 * thread: nobody can find one half done for longer than the thread is off its core.
 */
import { F64, Func, f64, I32, i32, ifElse, memory } from './assembler.ts'

/**
 * commit(state, claimed, then, progress, resultAt, result, to, from, bytes, to2, from2, bytes2): where the word at `state`
 * still is `claimed`, it becomes claimed + 1, the progress and the result are stored, the bytes are copied, and it becomes
 * `then`. The progress stands beside the state.
 */
export function commit(): Func {
  const f = new Func('commit')
  const [state, claimed, then, progress] = f.params(I32, 4)
  const [resultAt, result] = [f.param(I32), f.param(F64)]
  const copies = [0, 1].map(() => f.params(I32, 3))
  const committing = i32.add(claimed.get, i32.const(1))
  return f.body(
    ifElse(i32.eq(i32.atomic_rmw_cmpxchg(state.get, claimed.get, committing), claimed.get), [
      ...i32.store(state.get, 4, progress.get),
      ...f64.store(resultAt.get, 0, result.get),
      ...copies.flatMap(([to, from, bytes]) => memory.copy(to.get, from.get, bytes.get)),
      ...i32.atomic_store(state.get, then.get),
    ]),
  )
}

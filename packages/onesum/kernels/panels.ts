/**
 * Matrix products over panels of rows, as the training of a linear layer needs them: logits, and gradients of weights.
 *
 * Rows stand in groups of eight, column by column: entry j of row r of a group is float (8 j + r), so that lanes are rows.
 * The same layout serves features, logits and gradients of logits. Both products then stream through groups with no
 * horizontal sum, splat or shuffle of what is large.
 *
 * A tile is up to five classes by two vectors: ten accumulators, two operands and a third fill the sixteen registers.
 *
 * Float32 adds within a panel only; across panels the gradient adds in float64.
 */
import { type Code, Func, f32x4, f64x2, I32, i8x16, i32, type Local, seq, V128, v128, whileTrue } from './assembler.ts'
import { madd } from './exp.ts'

/** Bytes of one column of a group: eight rows of float32. */
export const COLUMN = 32

/** A tile's accumulators, two to a class, all zero. */
function accumulators(f: Func, tile: number): { sums: [Local, Local][]; clear: Code } {
  const sums = Array.from({ length: tile }, (): [Local, Local] => [f.local(V128), f.local(V128)])
  // a local that is never set is zero
  const zero = f.local(V128)
  return { sums, clear: seq(...sums.flat().map((sum) => sum.set(zero.get))) }
}

/** Columns in a turn of the loop; rows are padded to a multiple of it. */
const UNROLLED = 4

/**
 * forward{tile}(x, w, z, groups, xBytes, zBytes): z = x · wᵀ for `tile` classes; a group has xBytes of features and zBytes
 * of logits; w holds `tile` weights for each feature.
 */
export function forward(fma: boolean, tile: number): Func {
  const f = new Func(`forward${tile}`, [], false)
  const [x, w, z, groups, xBytes, zBytes] = f.params(I32, 6)
  const [at, end, weight] = f.locals(I32, 3)
  const { sums, clear } = accumulators(f, tile)
  const [low, high, splat] = f.locals(V128, 3)
  const step = (j: number) =>
    seq(
      low.set(v128.load(at.get, COLUMN * j)),
      high.set(v128.load(at.get, COLUMN * j + 16)),
      ...sums.map(([a, b], c) =>
        seq(
          splat.set(v128.load32_splat(weight.get, 4 * (tile * j + c))),
          a.set(madd(fma)(low.get, splat.get, a.get)),
          b.set(madd(fma)(high.get, splat.get, b.get)),
        ),
      ),
    )
  return f.body(
    at.set(x.get),
    whileTrue(
      groups.get,
      clear,
      weight.set(w.get),
      end.set(i32.add(at.get, xBytes.get)),
      whileTrue(
        i32.lt_u(at.get, end.get),
        ...Array.from({ length: UNROLLED }, (_, j) => step(j)),
        at.set(i32.add(at.get, i32.const(COLUMN * UNROLLED))),
        weight.set(i32.add(weight.get, i32.const(4 * tile * UNROLLED))),
      ),
      ...sums.flatMap((pair, c) => pair.map((sum, half) => v128.store(z.get, COLUMN * c + 16 * half, sum.get))),
      z.set(i32.add(z.get, zBytes.get)),
      groups.set(i32.sub(groups.get, i32.const(1))),
    ),
  )
}

const words = (order: number[]) => order.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte))
const LOW_PAIR = words([0, 1, 4, 5])
const HIGH_PAIR = words([2, 3, 6, 7])
const EVEN = words([0, 2, 0, 2])
const ODD = words([1, 3, 1, 3])

/**
 * accumulate{tile}(x, g, out, groups, xBytes, gBytes, pairs, outBytes): out += gᵀ · x for `tile` columns of g and 2 · pairs
 * columns of x; out is float64, a row of outBytes for each column of g.
 */
export function accumulate(fma: boolean, tile: number): Func {
  const f = new Func(`accumulate${tile}`, [], false)
  const [x, g, out, groups, xBytes, gBytes, pairs, outBytes] = f.params(I32, 8)
  const [at, from, left, to] = f.locals(I32, 4)
  const { sums, clear } = accumulators(f, tile)
  const [first, second, factor] = f.locals(V128, 3)
  const half = (v: number) =>
    seq(
      first.set(v128.load(at.get, 16 * v)),
      second.set(v128.load(at.get, COLUMN + 16 * v)),
      ...sums.map(([a, b], c) =>
        seq(
          factor.set(v128.load(from.get, COLUMN * c + 16 * v)),
          a.set(madd(fma)(first.get, factor.get, a.get)),
          b.set(madd(fma)(second.get, factor.get, b.get)),
        ),
      ),
    )
  /** Both columns' four lanes become two float64, and join what is there. */
  const collect = ([a, b]: [Local, Local]) =>
    seq(
      first.set(f32x4.add(i8x16.shuffle(LOW_PAIR, a.get, b.get), i8x16.shuffle(HIGH_PAIR, a.get, b.get))),
      second.set(
        f64x2.add(
          f64x2.promote_low_f32x4(i8x16.shuffle(EVEN, first.get, first.get)),
          f64x2.promote_low_f32x4(i8x16.shuffle(ODD, first.get, first.get)),
        ),
      ),
      v128.store(to.get, 0, f64x2.add(v128.load(to.get), second.get)),
      to.set(i32.add(to.get, outBytes.get)),
    )
  return f.body(
    whileTrue(
      pairs.get,
      clear,
      at.set(x.get),
      from.set(g.get),
      left.set(groups.get),
      whileTrue(
        left.get,
        half(0),
        half(1),
        at.set(i32.add(at.get, xBytes.get)),
        from.set(i32.add(from.get, gBytes.get)),
        left.set(i32.sub(left.get, i32.const(1))),
      ),
      to.set(out.get),
      ...sums.map(collect),
      x.set(i32.add(x.get, i32.const(2 * COLUMN))),
      out.set(i32.add(out.get, i32.const(16))),
      pairs.set(i32.sub(pairs.get, i32.const(1))),
    ),
  )
}

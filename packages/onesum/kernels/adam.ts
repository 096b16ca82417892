/** A step of Adam over float64 weights, in multiples of 32 bytes. */
import { type Code, F64, Func, f64, f64x2, I32, i32, V128, v128, whileTrue } from './assembler.ts'

/** What of a running mean stays, for the gradient and for its square, and what keeps the step finite at 0. */
const FIRST = 0.9
const SECOND = 0.999
const TINY = 1e-8

/**
 * adam(w, g, first, second, bytes, rate, root): both running means take g in, and w goes down by rate · first /
 * (root · √second + 1e-8).
 */
export function adam(): Func {
  const f = new Func('adam')
  const [w, g, first, second, bytes] = Array.from({ length: 5 }, () => f.param(I32))
  const [rate, root] = [f.param(F64), f.param(F64)]
  const end = f.local(I32)
  const [slope, mean, square, rates, roots] = f.locals(V128, 5)
  const splat = (value: number) => f64x2.splat(f64.const(value))
  const blend = (part: number, old: typeof mean, fresh: Code) =>
    f64x2.add(f64x2.mul(splat(part), old.get), f64x2.mul(splat(1 - part), fresh))
  return f.body(
    end.set(i32.add(w.get, bytes.get)),
    rates.set(f64x2.splat(rate.get)),
    roots.set(f64x2.splat(root.get)),
    whileTrue(
      i32.lt_u(w.get, end.get),
      ...[0, 16].flatMap((at) => [
        slope.set(v128.load(g.get, at)),
        mean.set(v128.load(first.get, at)),
        square.set(v128.load(second.get, at)),
        mean.set(blend(FIRST, mean, slope.get)),
        square.set(blend(SECOND, square, f64x2.mul(slope.get, slope.get))),
        v128.store(first.get, at, mean.get),
        v128.store(second.get, at, square.get),
        v128.store(
          w.get,
          at,
          f64x2.sub(
            v128.load(w.get, at),
            f64x2.div(
              f64x2.mul(rates.get, mean.get),
              f64x2.add(f64x2.mul(roots.get, f64x2.sqrt(square.get)), splat(TINY)),
            ),
          ),
        ),
      ]),
      ...[w, g, first, second].map((each) => each.set(i32.add(each.get, i32.const(32)))),
    ),
  )
}

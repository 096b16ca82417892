/** Vectors of float64, in multiples of 32 bytes. */
import { F64, Func, f64, f64x2, I32, i32, V128, v128, whileTrue } from './assembler.ts'

/** dot(a, b, bytes): Σ a · b. */
export function dot(): Func {
  const f = new Func('dot', [F64])
  const [a, b, bytes] = f.params(I32, 3)
  const end = f.local(I32)
  const sums = f.locals(V128, 2)
  return f.body(
    end.set(i32.add(a.get, bytes.get)),
    whileTrue(
      i32.lt_u(a.get, end.get),
      ...sums.map((sum, i) =>
        sum.set(f64x2.add(sum.get, f64x2.mul(v128.load(a.get, 16 * i), v128.load(b.get, 16 * i)))),
      ),
      a.set(i32.add(a.get, i32.const(32))),
      b.set(i32.add(b.get, i32.const(32))),
    ),
    sums[0].set(f64x2.add(sums[0].get, sums[1].get)),
    f64.add(f64x2.extract_lane(0, sums[0].get), f64x2.extract_lane(1, sums[0].get)),
  )
}

/** combine(to, a, factor, b, bytes): to = a + factor · b. */
export function combine(): Func {
  const f = new Func('combine')
  const [to, a] = f.params(I32, 2)
  const factor = f.param(F64)
  const [b, bytes] = f.params(I32, 2)
  const end = f.local(I32)
  const scale = f.local(V128)
  return f.body(
    end.set(i32.add(a.get, bytes.get)),
    scale.set(f64x2.splat(factor.get)),
    whileTrue(
      i32.lt_u(a.get, end.get),
      ...[0, 16].map((i) =>
        v128.store(to.get, i, f64x2.add(v128.load(a.get, i), f64x2.mul(scale.get, v128.load(b.get, i)))),
      ),
      ...[to, a, b].map((each) => each.set(i32.add(each.get, i32.const(32)))),
    ),
  )
}

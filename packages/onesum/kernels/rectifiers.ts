/** Activations that bend once, at 0, over groups of rows (panels.ts): the identity, and rectifiers, leaky or not. */
import { type Code, F32, Func, f32, f32x4, I32, i32, type Local, V128, v128, whileTrue } from './assembler.ts'
import { COLUMN } from './panels.ts'

/** Walks `bytes` of each group, groups being `stride` apart. */
function eachColumn(name: string, visit: (x: Local, to: Local, slopes: Code, half: number) => Code): Func {
  const f = new Func(name)
  const [x, to, groups, bytes, stride] = f.params(I32, 5)
  const slope = f.param(F32)
  const [end, rest] = f.locals(I32, 2)
  const slopes = f.local(V128)
  const both = (by: Code) => [x, to].map((each) => each.set(i32.add(each.get, by)))
  return f.body(
    slopes.set(f32x4.splat(slope.get)),
    rest.set(i32.sub(stride.get, bytes.get)),
    whileTrue(
      groups.get,
      end.set(i32.add(x.get, bytes.get)),
      whileTrue(
        i32.lt_u(x.get, end.get),
        visit(x, to, slopes.get, 0),
        visit(x, to, slopes.get, 16),
        ...both(i32.const(COLUMN)),
      ),
      ...both(rest.get),
      groups.set(i32.sub(groups.get, i32.const(1))),
    ),
  )
}

/** rectify(x, y, groups, bytes, stride, slope): y = max(x, slope · x), a slope from 0 to 1. */
export const rectify = (): Func =>
  eachColumn('rectify', (x, y, slopes, at) =>
    v128.store(y.get, at, f32x4.max(v128.load(x.get, at), f32x4.mul(v128.load(x.get, at), slopes))),
  )

/** rectifyBackward(x, g, groups, bytes, stride, slope): g stays where x > 0, and is multiplied by the slope elsewhere. */
export const rectifyBackward = (): Func =>
  eachColumn('rectifyBackward', (x, g, slopes, at) =>
    v128.store(
      g.get,
      at,
      v128.bitselect(
        v128.load(g.get, at),
        f32x4.mul(v128.load(g.get, at), slopes),
        f32x4.gt(v128.load(x.get, at), f32x4.splat(f32.const(0))),
      ),
    ),
  )

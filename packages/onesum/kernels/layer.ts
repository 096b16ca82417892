/** What a linear layer under softmax does as a whole, from the tiles of panels.ts: few calls, as calls from JavaScript are dear. */
import {
  type Code,
  F64,
  Func,
  f32x4,
  f64,
  I32,
  i32,
  ifElse,
  type Local,
  select,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { COLUMN } from './panels.ts'

/** Classes of the widest tile. */
export const TILE = 5

/** Calls the kernel of the widest tile while that many columns are left, then that of what is left; `next` moves on. */
function tiles(left: Local, kernels: readonly Func[], call: (kernel: Func) => Code, next: Code): Code {
  return seq(
    whileTrue(
      i32.ge_u(left.get, i32.const(TILE)),
      call(kernels[TILE - 1]),
      next,
      left.set(i32.sub(left.get, i32.const(TILE))),
    ),
    ...kernels.slice(0, TILE - 1).map((kernel, i) => ifElse(i32.eq(left.get, i32.const(i + 1)), call(kernel))),
  )
}

/** multiply(x, w, z, groups, xBytes, zBytes, classes): z = x · wᵀ, w packed by tiles; a group of z has zBytes. */
export function multiply(forwards: readonly Func[]): Func {
  const f = new Func('multiply')
  const [x, w, z, groups, xBytes, zBytes, classes] = f.params(I32, 7)
  return f.body(
    tiles(
      classes,
      forwards,
      (kernel) => kernel.call(x.get, w.get, z.get, groups.get, xBytes.get, zBytes.get),
      seq(
        z.set(i32.add(z.get, i32.const(TILE * COLUMN))),
        // a tile's weights take 4 bytes where a group's features take COLUMN
        w.set(i32.add(w.get, i32.mul(i32.div_u(xBytes.get, i32.const(COLUMN / 4)), i32.const(TILE)))),
      ),
    ),
  )
}

/**
 * collect(x, g, out, groups, xBytes, gBytes, classes, limit, step): out += gᵀ · x, float64 rows as long as those of x; a group
 * of g has gBytes; the first tile takes `limit` columns of x, each further one `step` more, as far as there are columns.
 */
export function collect(accumulates: readonly Func[]): Func {
  const f = new Func('collect')
  const [x, g, out, groups, xBytes, gBytes, classes, limit, step] = f.params(I32, 9)
  const outBytes = f.local(I32)
  const columns = i32.div_u(xBytes.get, i32.const(COLUMN))
  const taken = select(limit.get, columns, i32.lt_u(limit.get, columns))
  const pairs = i32.shr_u(i32.add(taken, i32.const(1)), i32.const(1))
  return f.body(
    outBytes.set(i32.div_u(xBytes.get, i32.const(COLUMN / 8))),
    tiles(
      classes,
      accumulates,
      (kernel) => kernel.call(x.get, g.get, out.get, groups.get, xBytes.get, gBytes.get, pairs, outBytes.get),
      seq(
        g.set(i32.add(g.get, i32.const(TILE * COLUMN))),
        out.set(i32.add(out.get, i32.mul(outBytes.get, i32.const(TILE)))),
        limit.set(i32.add(limit.get, step.get)),
      ),
    ),
  )
}

/**
 * evaluate(x, w, z, out, groups, panel, xBytes, classes, labels, masses, sums, spreads): logits, softmax and gradient of one panel of
 * groups after the other; returns what panelSoftmax does, summed.
 */
export function evaluate(multiplies: Func, softmax: Func, collects: Func): Func {
  const f = new Func('evaluate', [F64])
  const [x, w, z, out, groups, panel, xBytes, classes] = f.params(I32, 8)
  const [labels, masses, sums, spreads] = f.params(I32, 4)
  const zBytes = f.local(I32)
  const loss = f.local(F64)
  const advance = (address: Local, bytes: Code) => address.set(i32.add(address.get, i32.mul(panel.get, bytes)))
  return f.body(
    zBytes.set(i32.mul(classes.get, i32.const(COLUMN))),
    whileTrue(
      groups.get,
      ifElse(i32.gt_u(panel.get, groups.get), panel.set(groups.get)),
      multiplies.call(x.get, w.get, z.get, panel.get, xBytes.get, zBytes.get, classes.get),
      loss.set(
        f64.add(
          loss.get,
          softmax.call(z.get, panel.get, zBytes.get, zBytes.get, labels.get, masses.get, sums.get, spreads.get),
        ),
      ),
      collects.call(
        x.get,
        z.get,
        out.get,
        panel.get,
        xBytes.get,
        zBytes.get,
        classes.get,
        i32.div_u(xBytes.get, i32.const(COLUMN)),
        i32.const(0),
      ),
      advance(x, xBytes.get),
      advance(labels, i32.const(COLUMN)),
      advance(masses, i32.const(2 * COLUMN)),
      advance(sums, i32.const(2 * COLUMN)),
      advance(spreads, i32.const(COLUMN)),
      groups.set(i32.sub(groups.get, panel.get)),
    ),
    loss.get,
  )
}

/**
 * weigh(x, factors, to, groups, xBytes): the features of each row times its factor.
 */
export function weigh(): Func {
  const f = new Func('weigh', [], false)
  const [x, factors, to, groups, xBytes] = f.params(I32, 5)
  const end = f.local(I32)
  const factor = f.locals(V128, 2)
  return f.body(
    whileTrue(
      groups.get,
      ...factor.map((each, i) => each.set(v128.load(factors.get, 16 * i))),
      end.set(i32.add(x.get, xBytes.get)),
      whileTrue(
        i32.lt_u(x.get, end.get),
        ...factor.map((each, i) => v128.store(to.get, 16 * i, f32x4.mul(v128.load(x.get, 16 * i), each.get))),
        ...[x, to].map((each) => each.set(i32.add(each.get, i32.const(COLUMN)))),
      ),
      factors.set(i32.add(factors.get, i32.const(COLUMN))),
      groups.set(i32.sub(groups.get, i32.const(1))),
    ),
  )
}

/** triangle(x, factors, room, out, groups, xBytes): the lower triangle of xᵀ F x of a panel joins `out`, float64; F is diagonal. */
export function triangle(weighs: Func, collects: Func): Func {
  const f = new Func('triangle')
  const [x, factors, room, out, groups, xBytes] = f.params(I32, 6)
  const columns = i32.div_u(xBytes.get, i32.const(COLUMN))
  const tile = i32.const(TILE)
  return f.body(
    weighs.call(x.get, factors.get, room.get, groups.get, xBytes.get),
    collects.call(x.get, room.get, out.get, groups.get, xBytes.get, xBytes.get, columns, tile, tile),
  )
}

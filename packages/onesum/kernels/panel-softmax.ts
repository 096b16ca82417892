/**
 * Softmax cross-entropy over groups of eight rows, one to a lane: logits become the gradient of the loss.
 *
 * Row r has a mass M_r, of which `own` a_r is on its label; the rest is no matter of this kernel, as it is linear in the
 * logits. Loss: a (m − z_y) + (M − a) m + M log Σ, with m the row's maximum; gradient M p − a at the label, M p elsewhere.
 *
 * Method: e = exp(z − m), by the fast form of the exponential around 0; the entries that equal the maximum are counted, the
 * others added, in float32 for up to 32 classes and in float64 beyond, so that Σ − 1 keeps its digits where the row is
 * confident. There −a (1 − p_y) at the label comes from the sum of the other terms, never from p − 1.
 */
import {
  type Code,
  F64,
  Func,
  f32,
  f32x4,
  f64,
  f64x2,
  I32,
  i8x16,
  i32,
  i32x4,
  ifElse,
  type Local,
  seq,
  V128,
  v128,
  whileTrue,
} from './assembler.ts'
import { expConstants, expFast, type Lanes, LOW_HALVES, lanes, MAGIC } from './exp.ts'
import { COLUMN } from './panels.ts'
import { BASE, HIGH_HALF } from './rows.ts'

/** Each word of a half, twice: a mask of float32 lanes as one of float64. */
const words = (order: number[]) => order.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte))
const DOUBLED_LOW = words([0, 0, 1, 1])
const DOUBLED_HIGH = words([2, 2, 3, 3])

/** Classes whose terms add in float32. */
const CHUNK = 32

/**
 * panelSoftmax(z, groups, bytes, stride, labels, masses, sums, spreads): a group's logits have `bytes`, and groups are `stride`
 * bytes apart; for each row, `labels` holds the byte offset of its label's column, `masses` float32 M and a (eight of each to
 * a group), `sums` takes Σ in float64, and `spreads` M Σ p (1 − p), the trace of the loss's second derivative, in float32.
 * Returns what the losses hold besides M log Σ.
 */
export function panelSoftmax(fma: boolean): Func {
  const f = new Func('panelSoftmax', [F64])
  const [z, groups, bytes, stride, labels, masses, sums, spreads] = f.params(I32, 8)
  const [at, end, stop] = f.locals(I32, 3)
  const loss = f.local(V128)
  const w = lanes(f, 4)
  const k = expConstants(f, BASE)
  const [magic, floor, least] = f.locals(V128, 3)
  const max = f.locals(V128, 2)
  const ties = f.locals(V128, 2)
  const rest = f.locals(V128, 2)
  const masks = f.locals(V128, 4)
  const total = f.locals(V128, 4)
  const own = f.locals(V128, 2)
  const share = f.locals(V128, 2)
  const part = f.local(V128)
  const tops = f.locals(V128, 4)

  const halves = (vector: Code): [Code, Code] => [
    f64x2.promote_low_f32x4(vector),
    f64x2.promote_low_f32x4(i8x16.shuffle(HIGH_HALF, vector, vector)),
  ]
  const load = (i: number) => v128.load(at.get, 16 * i)
  const two: Lanes = { a: w.a.slice(0, 2), t: w.t.slice(0, 2), q: w.q.slice(0, 2) }
  /** Exponentials of one or two classes, stored in the place of their logits. */
  const exponentials = (group: Lanes) =>
    seq(
      ...group.a.map((a, i) => a.set(f32x4.sub(load(i), max[i % 2].get))),
      ...group.a.map((a, i) => masks[i].set(f32x4.eq(a.get, least.get))),
      expFast(group, k, magic, floor, fma),
      ...group.q.map((q, i) => v128.store(at.get, 16 * i, q.get)),
      ...group.q.map((q, i) => rest[i % 2].set(f32x4.add(rest[i % 2].get, v128.andnot(q.get, masks[i].get)))),
      ...group.q.map((_, i) => ties[i % 2].set(i32x4.sub(ties[i % 2].get, masks[i].get))),
      at.set(i32.add(at.get, i32.const(16 * group.a.length))),
    )
  const label = (row: number) => i32.add(z.get, i32.load(labels.get, 4 * row))
  /** The entries at the labels of four rows. */
  const gather = (vector: Local, half: number) =>
    seq(
      vector.set(v128.load32_splat(label(4 * half), 16 * half)),
      ...[1, 2, 3].map((row) =>
        vector.set(v128.load32_lane(row, label(4 * half + row), vector.get, 16 * half + 4 * row)),
      ),
    )
  const both = [0, 1]
  const advance = (local: Local, by: Code) => local.set(i32.add(local.get, by))
  const one = f64x2.splat(f64.const(1))
  const scale = (i: number) =>
    seq(
      part.set(f32x4.mul(load(i), share[i].get)),
      v128.store(at.get, 16 * i, part.get),
      rest[i].set(f32x4.add(rest[i].get, f32x4.mul(part.get, part.get))),
    )

  const mass = (i: number) => v128.load(masses.get, 16 * i)
  const ownMass = (i: number) => v128.load(masses.get, 32 + 16 * i)
  const tiny = f32x4.splat(f32.const(2 ** -126))

  const maxima = seq(
    ...both.map((i) => max[i].set(v128.load(z.get, 16 * i))),
    at.set(z.get),
    end.set(i32.add(z.get, bytes.get)),
    whileTrue(
      i32.lt_u(at.get, end.get),
      ...both.map((i) => max[i].set(f32x4.pmax(max[i].get, load(i)))),
      advance(at, i32.const(COLUMN)),
    ),
    ...both.map((i) => gather(own[i], i)),
  )
  const sweep = seq(
    ...[...ties, ...total].map((each) => each.set(least.get)),
    at.set(z.get),
    whileTrue(
      i32.lt_u(at.get, end.get),
      ...rest.map((each) => each.set(least.get)),
      stop.set(i32.add(at.get, i32.const(CHUNK * COLUMN))),
      ifElse(i32.gt_u(stop.get, end.get), stop.set(end.get)),
      whileTrue(i32.le_u(i32.add(at.get, i32.const(2 * COLUMN)), stop.get), exponentials(w)),
      ifElse(i32.lt_u(at.get, stop.get), exponentials(two)),
      ...both.flatMap((i) =>
        halves(rest[i].get).map((half, h) => total[2 * i + h].set(f64x2.add(total[2 * i + h].get, half))),
      ),
    ),
    // what is beside one maximum, Σ − 1
    ...both.flatMap((i) =>
      [0, 1].map((h) =>
        total[2 * i + h].set(
          f64x2.add(
            total[2 * i + h].get,
            f64x2.sub(
              f64x2.convert_low_i32x4_s(h === 0 ? ties[i].get : i8x16.shuffle(HIGH_HALF, ties[i].get, ties[i].get)),
              one,
            ),
          ),
        ),
      ),
    ),
    ...total.map((each, i) => v128.store(sums.get, 16 * i, f64x2.add(each.get, one))),
  )
  const losses = seq(
    ...both.flatMap((i) => {
      const [tz, ty, ms, os] = [max[i].get, own[i].get, mass(i), ownMass(i)].map(halves)
      return [0, 1].map((h) =>
        loss.set(
          f64x2.add(
            loss.get,
            f64x2.add(f64x2.mul(os[h], f64x2.sub(tz[h], ty[h])), f64x2.mul(f64x2.sub(ms[h], os[h]), tz[h])),
          ),
        ),
      )
    }),
  )
  /** −a (Σ − e_y) / Σ + (M − a) e_y / Σ in float64, into the half `h` of tops. */
  const atLabels = seq(
    ...both.flatMap((i) => [
      // all ones where the label is a maximum
      max[i].set(f32x4.eq(max[i].get, own[i].get)),
      gather(own[i], i),
      ...[0, 1].map((h) => {
        const j = 2 * i + h
        const mask = i8x16.shuffle(h === 0 ? DOUBLED_LOW : DOUBLED_HIGH, max[i].get, max[i].get)
        const e = halves(own[i].get)[h]
        const all = f64x2.add(total[j].get, one)
        const others = v128.bitselect(total[j].get, f64x2.sub(all, e), mask)
        const [m, a] = [halves(mass(i))[h], halves(ownMass(i))[h]]
        return seq(
          part.set(e),
          tops[j].set(f64x2.div(f64x2.sub(f64x2.mul(f64x2.sub(m, a), part.get), f64x2.mul(a, others)), all)),
        )
      }),
      share[i].set(
        i8x16.shuffle(
          LOW_HALVES,
          f32x4.demote_f64x2_zero(f64x2.div(halves(mass(i))[0], f64x2.add(total[2 * i].get, one))),
          f32x4.demote_f64x2_zero(f64x2.div(halves(mass(i))[1], f64x2.add(total[2 * i + 1].get, one))),
        ),
      ),
    ]),
  )
  const write = seq(
    at.set(z.get),
    ...rest.map((each) => each.set(least.get)),
    whileTrue(i32.lt_u(at.get, end.get), scale(0), scale(1), advance(at, i32.const(COLUMN))),
    // M − Σ (M p)² / M, and 0 where M is 0
    ...both.map((i) =>
      v128.store(
        spreads.get,
        16 * i,
        f32x4.pmax(least.get, f32x4.sub(mass(i), f32x4.div(rest[i].get, f32x4.pmax(tiny, mass(i))))),
      ),
    ),
    ...both.flatMap((i) => [
      part.set(
        i8x16.shuffle(
          LOW_HALVES,
          f32x4.demote_f64x2_zero(tops[2 * i].get),
          f32x4.demote_f64x2_zero(tops[2 * i + 1].get),
        ),
      ),
      ...[0, 1, 2, 3].map((row) => v128.store32_lane(row, label(4 * i + row), part.get, 16 * i + 4 * row)),
    ]),
  )
  return f.body(
    k.load,
    magic.set(f32x4.splat(f32.const(MAGIC))),
    floor.set(f32x4.splat(f32.const(-127 * Math.LN2))),
    whileTrue(
      groups.get,
      maxima,
      sweep,
      losses,
      atLabels,
      write,
      advance(z, stride.get),
      advance(labels, i32.const(32)),
      advance(masses, i32.const(64)),
      advance(sums, i32.const(64)),
      advance(spreads, i32.const(32)),
      groups.set(i32.sub(groups.get, i32.const(1))),
    ),
    f64.add(f64x2.extract_lane(0, loss.get), f64x2.extract_lane(1, loss.get)),
  )
}

/** Mini-batches: rows from anywhere in the features into the groups of panels.ts. */
import { Func, I32, i32, V128, v128, whileTrue } from './assembler.ts'
import { COLUMN } from './panels.ts'
import { transposeSquare } from './transpose.ts'

const GROUP = 8
const SQUARE = 4

/**
 * gatherGroups(rows, to, groups, bytes): groups of the float32 rows of `bytes` (a multiple of 16) whose addresses stand at
 * `rows`. Squares of 4 × 4 are transposed in registers.
 */
export function gatherGroups(): Func {
  const f = new Func('gatherGroups')
  const [rows, to, groups, bytes] = f.params(I32, 4)
  const end = f.local(I32)
  const at = f.locals(I32, GROUP)
  const v = f.locals(V128, SQUARE)
  const t = f.locals(V128, SQUARE)
  const square = (half: number) => [
    ...v.map((each, i) => each.set(v128.load(at[SQUARE * half + i].get))),
    transposeSquare(v, t),
    ...v.map((each, i) => v128.store(to.get, COLUMN * i + 16 * half, each.get)),
  ]
  return f.body(
    whileTrue(
      groups.get,
      ...at.map((each, r) => each.set(i32.load(rows.get, 4 * r))),
      end.set(i32.add(at[0].get, bytes.get)),
      whileTrue(
        i32.lt_u(at[0].get, end.get),
        ...square(0),
        ...square(1),
        ...at.map((each) => each.set(i32.add(each.get, i32.const(16)))),
        to.set(i32.add(to.get, i32.const(SQUARE * COLUMN))),
      ),
      rows.set(i32.add(rows.get, i32.const(4 * GROUP))),
      groups.set(i32.sub(groups.get, i32.const(1))),
    ),
  )
}

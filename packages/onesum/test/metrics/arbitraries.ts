import fc from 'fast-check'
import { logit } from '../support/property.ts'

/** Rows of logits with their labels. */
export interface Labelled {
  rows: number[][]
  labels: number[]
  classes: number
}

/** Logits from −8 to 8, whole numbers among them so that rows hold ties. */
const finite = fc.oneof(logit(8), fc.integer({ min: -2, max: 2 }))

/** Logits with impossible classes among them, so that a label may have probability 0. */
const withImpossible = fc.oneof({ weight: 6, arbitrary: finite }, { weight: 1, arbitrary: fc.constant(-Infinity) })

/** 1 to 25 rows of 2 to 6 classes; with `impossible`, some logits are -Infinity, never a whole row. */
export function labelled(impossible = false): fc.Arbitrary<Labelled> {
  return fc.integer({ min: 2, max: 6 }).chain((classes) => {
    const entry = impossible ? withImpossible : finite
    const values = fc.array(entry, { minLength: classes, maxLength: classes })
    const row = values.map((x) => (x.every((value) => value === -Infinity) ? [0, ...x.slice(1)] : x))
    const one = fc.record({ row, label: fc.integer({ min: 0, max: classes - 1 }) })
    return fc.array(one, { minLength: 1, maxLength: 25 }).map((list) => ({
      rows: list.map(({ row }) => row),
      labels: list.map(({ label }) => label),
      classes,
    }))
  })
}

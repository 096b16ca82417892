/** Section 3: each weakness of softmax beside what helps. */
import type { JSX } from 'preact'
import { Imbalance } from './imbalance.tsx'
import { Overconfidence } from './overconfidence.tsx'
import { Scale } from './scale.tsx'
import { Sparsity } from './sparsity.tsx'

export default function Cures(): JSX.Element {
  return (
    <>
      <Scale />
      <Overconfidence />
      <Sparsity />
      <Imbalance />
    </>
  )
}

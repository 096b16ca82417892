/** No zeros: from softmax over 1.5-entmax to sparsemax, on the simplex and as bars. */
import { computed } from '@preact/signals'
import { entmax, softmax } from 'onesum'
import type { JSX } from 'preact'
import { addressed, type Field, number } from '../page/address.ts'
import { Bars } from '../page/bars.tsx'
import { Code, literals } from '../page/code.tsx'
import { spaced } from '../page/curve.tsx'
import { short } from '../page/format.ts'
import { className, logits } from '../page/row.ts'
import { Slider } from '../page/slider.tsx'
import { Simplex } from './simplex.tsx'

const alphas: Field<number> = {
  write: number.write,
  read: (text) => {
    const value = number.read(text)
    return value !== undefined && value >= 1 && value <= 3 ? value : undefined
  },
}
const alpha = addressed('alpha', 1.5, alphas)

const probabilities = computed(() => entmax(logits.value, { alpha: alpha.value }))
const path = computed(() => spaced(1, 3, 41).map((value) => entmax(logits.value, { alpha: value })))

const names: Record<number, string> = { 1: 'softmax', 1.5: '1.5-entmax', 2: 'sparsemax' }

export function Sparsity(): JSX.Element {
  const zeros = probabilities.value.filter((p) => p === 0).length
  return (
    <article aria-labelledby="sparsity-title">
      <h3 id="sparsity-title">It never says no</h3>
      <p>
        An exponential is never zero, so softmax leaves something on every class, however absurd. Entmax has a dial: at
        α = 1 it is softmax, at α = 2 it is sparsemax, and from just above 1 on, classes far behind get exactly 0. Both
        learn by gradients, as softmax does.
      </p>
      <div class="named">
        <span aria-hidden="true">α</span>
        <Slider
          label="Alpha of entmax"
          value={alpha.value}
          min={1}
          max={3}
          step={0.05}
          onChange={(value) => {
            alpha.value = value
          }}
        />
      </div>
      <div class="buttons">
        {[1, 1.5, 2].map((value) => (
          <button
            key={value}
            type="button"
            aria-pressed={alpha.value === value}
            onClick={() => {
              alpha.value = value
            }}
          >
            {names[value]}
          </button>
        ))}
      </div>
      <Bars name="sparse" probabilities={probabilities.value} before={softmax(logits.value)} />
      <p class="remark one" role="status">
        {names[alpha.value] ?? `${short(alpha.value)}-entmax`}:{' '}
        {zeros === 0 ? 'no class' : zeros === 1 ? 'one class' : `${zeros} classes`} of {logits.value.length} at exactly
        0. The ticks are softmax’s.
      </p>
      {logits.value.length === 3 ? (
        <Simplex point={probabilities.value} path={path.value} />
      ) : (
        <p class="remark one">With three classes the probabilities are also shown as a point in a triangle.</p>
      )}
      <Code source={program()} />
    </article>
  )
}

function program(): string {
  return `import { entmax, softmax } from 'onesum'

const logits = ${literals(logits.value)}
console.log(entmax(logits, { alpha: ${alpha.value} }))
console.log(softmax(logits)) // ${className(0)} to ${className(logits.value.length - 1)}: none is 0
`
}

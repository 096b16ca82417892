/** Imbalance: a classifier learns how frequent the classes were, and logit adjustment takes it out again. */
import { computed } from '@preact/signals'
import { adjustLogits, softmax } from 'onesum'
import type { JSX } from 'preact'
import { addressed, type Field, number } from '../page/address.ts'
import { Bars } from '../page/bars.tsx'
import { Code, literals } from '../page/code.tsx'
import { percent } from '../page/format.ts'
import { className, logits } from '../page/row.ts'
import { Slider } from '../page/slider.tsx'

const shares: Field<number> = {
  write: number.write,
  read: (text) => {
    const value = number.read(text)
    return value !== undefined && value >= 0.01 && value <= 0.99 ? value : undefined
  },
}
const share = addressed('prior', 0.9, shares)

/** The first class has its share of the training rows, the others share the rest. */
const prior = computed(() => {
  const others = logits.value.length - 1
  return logits.value.map((_, j) => (j === 0 ? share.value : (1 - share.value) / others))
})
const adjusted = computed(() => adjustLogits(logits.value, prior.value, { when: 'inference' }))

export function Imbalance(): JSX.Element {
  const before = softmax(logits.value)
  const after = softmax(adjusted.value)
  return (
    <article aria-labelledby="imbalance-title">
      <h3 id="imbalance-title">It believes what was frequent</h3>
      <p>
        If {percent(share.value)} of the training rows were {className(0)}, the logits say {className(0)} before they
        have looked. Subtracting the logarithm of each class’s share from its logit gives the answer for classes that
        are equally frequent; rare classes get back what they had lost.
      </p>
      <div class="named">
        <span aria-hidden="true">Share of {className(0)} in training</span>
        <Slider
          label={`Share of ${className(0)} in training`}
          value={share.value}
          min={0.01}
          max={0.99}
          step={0.01}
          onChange={(value) => {
            share.value = value
          }}
        />
      </div>
      <Bars name="adjusted" probabilities={after} before={before} />
      <p class="remark one">The bars are adjusted for equal shares; the ticks are the probabilities as they came.</p>
      <Code source={program()} />
    </article>
  )
}

function program(): string {
  return `import { adjustLogits, softmax } from 'onesum'

const logits = ${literals(logits.value)}
const prior = ${literals(prior.value)}
console.log(softmax(adjustLogits(logits, prior, { when: 'inference' })))
`
}

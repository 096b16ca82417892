/** Sensitivity to scale: the same ranking, from a coin toss to certainty; the temperature undoes it. */
import { computed } from '@preact/signals'
import { entropy, softmax } from 'onesum'
import type { JSX } from 'preact'
import { addressed, positive } from '../page/address.ts'
import { Bars } from '../page/bars.tsx'
import { Code, literals } from '../page/code.tsx'
import { Curve, spaced } from '../page/curve.tsx'
import { short } from '../page/format.ts'
import { className, logits } from '../page/row.ts'
import { Slider } from '../page/slider.tsx'

const scale = addressed('scale', 1, positive)

const scales = spaced(0.1, 10, 81, true)
const scaled = (factor: number) => logits.value.map((logit) => logit * factor)
const curves = computed(() => scales.map((factor) => softmax(scaled(factor))))

export function Scale(): JSX.Element {
  const probabilities = softmax(scaled(scale.value))
  const nats = entropy(scaled(scale.value))
  return (
    <article aria-labelledby="scale-title">
      <h3 id="scale-title">It depends on the scale of its logits</h3>
      <p>
        Multiply every logit by the same number and the ranking stays, but the confidence does not: near 0 all classes
        are equally likely, far out one has everything. Nothing in the training pins that number down. A temperature T
        divides the logits, so T = {short(scale.value)} undoes what is set here.
      </p>
      <div class="named">
        <span aria-hidden="true">Scale</span>
        <Slider
          label="Scale of the logits"
          value={scale.value}
          min={0.1}
          max={10}
          step={0.1}
          onChange={(value) => {
            scale.value = value
          }}
        />
      </div>
      <Bars name="scaled" probabilities={probabilities} />
      <p class="remark one">
        Uncertainty (entropy): {short(nats)} of at most {short(Math.log(probabilities.length))} nats.
      </p>
      <Curve
        label={`Probabilities over the scale of the logits; at ${short(scale.value)} the largest is ${short(Math.max(...probabilities))}`}
        x={scales}
        series={probabilities.map((_, j) => ({
          name: className(j),
          colour: `var(--class-${j})`,
          values: curves.value.map((row) => row[j]),
        }))}
        at={scale.value}
        logarithmic
        xLabel="scale"
        yLabel="probability"
        xTicks={[0.1, 0.3, 1, 3, 10]}
        yTicks={[0, 0.5, 1]}
      />
      <Code source={program()} />
    </article>
  )
}

function program(): string {
  return `import { entropy, softmax } from 'onesum'

const logits = ${literals(logits.value)}.map((x) => x * ${scale.value})
console.log(softmax(logits), entropy(logits))
console.log(softmax(logits, { temperature: ${scale.value} }))
`
}

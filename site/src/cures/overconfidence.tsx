/** Overconfidence: cross-entropy always pays for a wider margin; label smoothing says where to stop. */
import { computed } from '@preact/signals'
import { crossEntropy } from 'onesum'
import type { JSX } from 'preact'
import { addressed, number } from '../page/address.ts'
import { Code } from '../page/code.tsx'
import { Curve, spaced } from '../page/curve.tsx'
import { percent, short } from '../page/format.ts'
import { classes as count } from '../page/row.ts'
import { Slider } from '../page/slider.tsx'

const smoothing = addressed('smoothing', 0.1, number)

const margins = spaced(-2, 12, 113)

/** The loss when the true class stands above all others by a margin. */
function lossAt(margin: number, labelSmoothing: number, classes: number): number {
  return crossEntropy([margin, ...new Array<number>(classes - 1).fill(0)], [0], { labelSmoothing })
}

const within = computed(() => Math.min(0.5, Math.max(0, smoothing.value)))
const plain = computed(() => margins.map((margin) => lossAt(margin, 0, count.value)))
const smoothed = computed(() => margins.map((margin) => lossAt(margin, within.value, count.value)))

/** Where the smoothed loss is least: the true class has 1 − ε + ε / K, each other ε / K. */
function best(epsilon: number, classes: number): number {
  return Math.log((classes * (1 - epsilon)) / epsilon + 1)
}

export function Overconfidence(): JSX.Element {
  const classes = count.value
  const epsilon = within.value
  const margin = best(epsilon, classes)
  return (
    <article aria-labelledby="overconfidence-title">
      <h3 id="overconfidence-title">It grows overconfident</h3>
      <p>
        Trained on hard labels, the loss falls for ever as the true class pulls away, so the network keeps pulling: to
        99.9 % where 90 % would be true. Label smoothing takes a share ε of the target and spreads it over all {classes}{' '}
        classes. Then there is a best margin, and beyond it confidence costs.
      </p>
      <div class="named">
        <span aria-hidden="true">Smoothing ε</span>
        <Slider
          label="Label smoothing"
          value={epsilon}
          min={0}
          max={0.5}
          step={0.01}
          onChange={(value) => {
            smoothing.value = value
          }}
        />
      </div>
      <p class="remark one" role="status" data-best={margin}>
        {epsilon === 0
          ? 'Without smoothing no margin is wide enough.'
          : `The loss is least at a margin of ${short(margin)}, where the true class has ${percent(1 - epsilon + epsilon / classes)}.`}
      </p>
      <Curve
        label={`Loss over the margin of the true class, without smoothing and with ${short(epsilon)}`}
        x={margins}
        series={[
          { name: 'hard', colour: 'var(--soft)', values: plain.value, dashed: true },
          { name: 'ε', colour: 'var(--accent)', values: smoothed.value },
        ]}
        at={margin}
        xLabel="margin of the true class"
        yLabel="loss"
        xTicks={[-2, 0, 2, 4, 6, 8, 10, 12]}
        yTicks={[0, 1, 2, 3, 4]}
      />
      <Code source={program(epsilon, classes)} />
    </article>
  )
}

function program(epsilon: number, classes: number): string {
  return `import { crossEntropy } from 'onesum'

const others = new Array(${classes - 1}).fill(0)
for (const margin of [1, 2, 4, 8]) {
  const hard = crossEntropy([margin, ...others], [0])
  const smoothed = crossEntropy([margin, ...others], [0], { labelSmoothing: ${epsilon} })
  console.log(margin, hard, smoothed)
}
`
}

/** Section 1: logits become probabilities, and every number in between. */
import { computed } from '@preact/signals'
import type { JSX } from 'preact'
import { addressed, flag } from '../page/address.ts'
import { Code, literals } from '../page/code.tsx'
import { fixed, percent, short } from '../page/format.ts'
import { classes, className, fewest, logits, most, setLogit, temperature } from '../page/row.ts'
import { Slider } from '../page/slider.tsx'
import { presets } from './presets.ts'
import { stepsOf } from './steps.ts'

const shifted = addressed('shifted', false, flag)

const row = computed(() => (shifted.value ? logits.value.map((logit) => logit + 1000) : logits.value))
const steps = computed(() => stepsOf(row.value, temperature.value))

export default function Forward(): JSX.Element {
  return (
    <>
      <Presets />
      <Logits />
      <Count />
      <Scale />
      <Steps />
      <Program />
    </>
  )
}

function Program(): JSX.Element {
  return <Code source={program()} />
}

function change(values: readonly number[]): void {
  logits.value = values
}

function Presets(): JSX.Element {
  return (
    <div class="buttons">
      <span>Try</span>
      {presets.map(({ name, logits: values }) => (
        <button key={name} type="button" onClick={() => change(values)}>
          {name}
        </button>
      ))}
    </div>
  )
}

function Logits(): JSX.Element {
  const { probabilities } = steps.value
  return (
    <ol class="logits">
      {logits.value.map((logit, index) => (
        <li key={className(index)} style={{ '--hue': `var(--class-${index})` }}>
          <span class="name">{className(index)}</span>
          <Slider
            label={`Logit of ${className(index)}`}
            value={logit}
            min={-10}
            max={10}
            step={0.1}
            accepts={(value) => value < Infinity}
            onChange={(value) => setLogit(index, value)}
          />
          <span class="bar">
            <span style={{ transform: `scaleX(${probabilities[index] || 0})` }} />
          </span>
          <output class="probability" data-probability={probabilities[index]}>
            {percent(probabilities[index])}
          </output>
        </li>
      ))}
    </ol>
  )
}

function Count(): JSX.Element {
  const count = classes.value
  return (
    <div class="buttons count">
      <button type="button" disabled={count === most} onClick={() => change([...logits.value, 0])}>
        Add a class
      </button>
      <button type="button" disabled={count === fewest} onClick={() => change(logits.value.slice(0, -1))}>
        Remove the last
      </button>
    </div>
  )
}

function Scale(): JSX.Element {
  return (
    <div class="scale">
      <div class="named">
        <span aria-hidden="true">Temperature T</span>
        <Slider
          label="Temperature"
          value={temperature.value}
          min={0.1}
          max={5}
          step={0.1}
          accepts={(value) => value > 0 && value < Infinity}
          onChange={(value) => {
            temperature.value = value
          }}
        />
      </div>
      <label>
        <input
          type="checkbox"
          checked={shifted.value}
          onChange={(event) => {
            shifted.value = event.currentTarget.checked
          }}
        />{' '}
        add 1000 to every logit
      </label>
    </div>
  )
}

function Steps(): JSX.Element {
  const { scaled, largest, exponentials, sum, probabilities, naive } = steps.value
  const overflows = naive.some(Number.isNaN) && !probabilities.some(Number.isNaN)
  return (
    <div>
      <p id="steps" class="caption">
        From a logit to a probability: divide by T, subtract the largest, take the exponential, divide by the sum. The
        last column is exp(z) / Σ exp(z), computed as it is written.
      </p>
      <table class="numbers" aria-labelledby="steps">
        <thead>
          <tr>
            <th scope="col">class</th>
            <th scope="col">z = x/T</th>
            <th scope="col">d = z−max</th>
            <th scope="col">exp(d)</th>
            <th scope="col">÷ sum</th>
            <th scope="col">naive</th>
          </tr>
        </thead>
        <tbody>
          {scaled.map((value, index) => (
            <tr key={className(index)}>
              <th scope="row">{className(index)}</th>
              <td>{short(value)}</td>
              <td>{short(value - largest)}</td>
              <td>{short(exponentials[index])}</td>
              <td>{fixed(probabilities[index])}</td>
              <td class={Number.isNaN(naive[index]) ? 'wrong' : ''}>{fixed(naive[index])}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">sum</th>
            <td />
            <td />
            <td>{short(sum)}</td>
            <td>{fixed(probabilities.reduce((total, p) => total + p, 0))}</td>
            <td />
          </tr>
        </tfoot>
      </table>
      <p role="status" class="remark">
        {overflows
          ? 'The naive formula has overflowed: exp of such a number is ∞, and ∞ / ∞ is not a number. Subtracting the largest logit first changes nothing in the result and keeps every exponential at most 1.'
          : ''}
      </p>
    </div>
  )
}

function program(): string {
  const options = temperature.value === 1 ? '' : `, { temperature: ${temperature.value} }`
  return `import { softmax } from 'onesum'

const logits = ${literals(row.value)}
console.log(softmax(logits${options}))
`
}

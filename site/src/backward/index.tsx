/** Section 2: the gradient that softmax hands back to its logits. */
import type { JSX } from 'preact'
import { Code, literals } from '../page/code.tsx'
import { fixed, short } from '../page/format.ts'
import { className, logits, temperature } from '../page/row.ts'
import { Slider } from '../page/slider.tsx'
import { derivation } from './derivation.tsx'
import { chosen, Jacobian, shown } from './jacobian.tsx'
import { differences, gradient, probabilities, setTarget, setUpstream, source, target, upstream } from './state.ts'

/** Its parts look at the row themselves, so that only what changes is drawn again. */
export default function Backward(): JSX.Element {
  return (
    <>
      <Source />
      <Gradient />
      <Check />
      <Numbers />
      <Jacobian />
      <Derivation />
      <Program />
    </>
  )
}

function Check(): JSX.Element {
  return (
    <p class="remark" data-check={agrees() ? 'agrees' : 'differs'}>
      <span role="status">{agrees() ? '✓ Finite differences agree' : '✗ Finite differences do not agree'}</span>: the
      largest difference is {short(largestDifference())}.
    </p>
  )
}

function Program(): JSX.Element {
  return <Code source={program()} />
}

function Source(): JSX.Element {
  const byHand = source.value === 'by-hand'
  return (
    <fieldset class="source">
      <legend>The gradient comes from</legend>
      <span>
        <label>
          <input type="radio" name="source" checked={!byHand} onChange={() => set('cross-entropy')} /> cross-entropy
          with the true class
        </label>{' '}
        <select
          aria-label="True class"
          disabled={byHand}
          value={target.value}
          onChange={(event) => setTarget(Number(event.currentTarget.value))}
        >
          {logits.value.map((_, j) => (
            <option key={className(j)} value={j}>
              {className(j)}
            </option>
          ))}
        </select>
      </span>
      <label>
        <input type="radio" name="source" checked={byHand} onChange={() => set('by-hand')} /> a gradient gy set by hand
      </label>
    </fieldset>
  )
}

function set(word: 'cross-entropy' | 'by-hand'): void {
  source.value = word
}

function Gradient(): JSX.Element {
  const most = gradient.value.reduce((size, g) => Math.max(size, Math.abs(g)), 0) || 1
  const byHand = source.value === 'by-hand'
  return (
    <ol class={byHand ? 'gradient by-hand' : 'gradient'}>
      {gradient.value.map((g, j) => (
        <li key={className(j)} style={{ '--hue': `var(--class-${j})` }}>
          <span class="name">{className(j)}</span>
          {byHand && (
            <Slider
              label={`Upstream gradient of ${className(j)}`}
              value={upstream.value[j]}
              min={-2}
              max={2}
              step={0.1}
              accepts={Number.isFinite}
              onChange={(value) => setUpstream(j, value)}
            />
          )}
          <span class="bar both">
            <span style={{ transform: `scaleX(${Number.isFinite(g) ? g / most : 0})` }} />
          </span>
          <output data-gradient={g}>{fixed(g, 4)}</output>
        </li>
      ))}
    </ol>
  )
}

/** Central differences of a float64 function: h² of truncation and 1e-16 / h of rounding, with h = 1e-5. */
const tolerance = 1e-8

function largestDifference(): number {
  return gradient.value.reduce((most, g, j) => Math.max(most, Math.abs(g - differences.value[j])), 0)
}

function agrees(): boolean {
  const size = gradient.value.reduce((most, g) => Math.max(most, Math.abs(g)), 1)
  return largestDifference() <= tolerance * size
}

/** The formula with the numbers of the chosen logit put in. */
function Numbers(): JSX.Element {
  const j = Math.min(chosen.value.column, logits.value.length - 1)
  const y = probabilities.value[j]
  const name = className(j)
  const over = temperature.value === 1 ? '' : ` / ${short(temperature.value)}`
  if (source.value === 'cross-entropy') {
    const t = j === target.value ? 1 : 0
    return (
      <p class="formula">
        gx<sub>{name}</sub> = {over && '('}y<sub>{name}</sub> − t<sub>{name}</sub>
        {over && ') / T'} = {over && '('}
        {short(y)} − {t}
        {over && `)${over}`} = <strong>{short(gradient.value[j])}</strong>
      </p>
    )
  }
  const gy = upstream.value[j]
  const dot = probabilities.value.reduce((sum, p, k) => sum + p * upstream.value[k], 0)
  return (
    <p class="formula">
      gx<sub>{name}</sub> = y<sub>{name}</sub>·(gy<sub>{name}</sub> − ⟨gy, y⟩){over && ' / T'} = {short(y)}·({short(gy)}{' '}
      − {short(dot)}){over} = <strong>{short(gradient.value[j])}</strong>
    </p>
  )
}

function Derivation(): JSX.Element {
  return (
    <ol class="derivation">
      {derivation.map(({ part, title, formula }) => (
        <li key={part}>
          <p>{title}</p>
          <button
            type="button"
            aria-pressed={shown.value === part}
            onClick={() => {
              shown.value = shown.value === part ? undefined : part
            }}
          >
            {shown.value === part ? 'Shown above' : 'Show in the picture'}
          </button>
          {formula}
        </li>
      ))}
    </ol>
  )
}

function program(): string {
  const t = temperature.value
  const lines = [`const logits = ${literals(logits.value)}`]
  if (source.value === 'cross-entropy') {
    const scaled = t === 1 ? 'logits' : `logits.map((x) => x / ${t})`
    lines.unshift(`import { crossEntropyWithGrad } from 'onesum'`, '')
    lines.push(`const { loss, grad } = crossEntropyWithGrad(${scaled}, [${target.value}])`)
    lines.push(t === 1 ? 'console.log(loss, grad)' : `console.log(loss, grad.map((g) => g / ${t}))`)
  } else {
    const options = t === 1 ? '' : `, { temperature: ${t} }`
    lines.unshift(`import { softmax, softmaxBackward } from 'onesum'`, '')
    lines.push(`const gy = ${literals(upstream.value)}`)
    lines.push(`console.log(softmaxBackward(softmax(logits${options}), gy${options}))`)
  }
  return `${lines.join('\n')}\n`
}

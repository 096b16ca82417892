/** Section 4: a network that ends in softmax learns, while one watches. */
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Code, literals } from '../page/code.tsx'
import { Curve } from '../page/curve.tsx'
import { fixed, percent } from '../page/format.ts'
import { className } from '../page/row.ts'
import { Field } from './field.tsx'
import { learningRate } from './messages.ts'
import { activations, layers } from './options.ts'
import { classes, dataSets } from './points.ts'
import {
  activation,
  change,
  dataSet,
  depth,
  history,
  network,
  painted,
  playing,
  points,
  reset,
  rest,
  seed,
  snapshot,
  step,
} from './state.ts'

const brush = signal(0)

export default function Learning(): JSX.Element {
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // nothing is computed that nobody sees
    const seen = new IntersectionObserver(([{ isIntersecting }]) => rest(!isIntersecting))
    const turned = () => rest(document.hidden)
    if (place.current) seen.observe(place.current)
    document.addEventListener('visibilitychange', turned)
    return () => {
      seen.disconnect()
      document.removeEventListener('visibilitychange', turned)
    }
  }, [])
  return (
    <>
      <Choices />
      <div ref={place} class="learning">
        <div>
          <Field brush={brush.value} />
          <Brushes />
        </div>
        <div>
          <Player />
          <Progress />
          <p class="remark" role="status">
            {remark()}
          </p>
        </div>
      </div>
      <Code source={program()} />
    </>
  )
}

function Choices(): JSX.Element {
  return (
    <div class="choices">
      <Choice
        label="Points"
        words={dataSets}
        value={dataSet.value}
        onChange={(word) => change(() => (dataSet.value = word))}
      />
      <Choice
        label="Hidden"
        words={layers.map(({ name }) => name)}
        value={depth.value}
        onChange={(word) => change(() => (depth.value = word))}
      />
      <Choice
        label="Activation"
        words={activations}
        value={activation.value}
        onChange={(word) => change(() => (activation.value = word))}
      />
      <label>
        Seed{' '}
        <input
          type="number"
          class="field"
          min={0}
          max={9999}
          value={seed.value}
          onInput={(event) => {
            const typed = event.currentTarget.valueAsNumber
            if (Number.isInteger(typed) && typed >= 0 && typed <= 9999) change(() => (seed.value = typed))
          }}
        />
      </label>
    </div>
  )
}

interface ChoiceProps<T extends string> {
  readonly label: string
  readonly words: readonly T[]
  readonly value: T
  readonly onChange: (word: T) => void
}

function Choice<T extends string>({ label, words, value, onChange }: ChoiceProps<T>): JSX.Element {
  return (
    <label>
      {label}{' '}
      <select aria-label={label} value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
        {words.map((word) => (
          <option key={word} value={word}>
            {word}
          </option>
        ))}
      </select>
    </label>
  )
}

function Brushes(): JSX.Element {
  return (
    <div class="buttons">
      <span>Paint</span>
      {Array.from({ length: classes }, (_, j) => (
        <button
          key={className(j)}
          type="button"
          class="name"
          style={{ '--hue': `var(--class-${j})` }}
          aria-pressed={brush.value === j}
          onClick={() => {
            brush.value = j
          }}
        >
          {'●■▲'[j]} {className(j)}
        </button>
      ))}
      <button type="button" disabled={painted.value.length === 0} onClick={() => change(() => (painted.value = []))}>
        Clear
      </button>
    </div>
  )
}

function Player(): JSX.Element {
  return (
    <div class="buttons">
      <button type="button" aria-pressed={playing.value} onClick={() => (playing.value = !playing.value)}>
        {playing.value ? 'Pause' : 'Play'}
      </button>
      <button type="button" onClick={step}>
        Step
      </button>
      <button type="button" onClick={reset}>
        Reset
      </button>
    </div>
  )
}

function Progress(): JSX.Element {
  const shown = snapshot.value
  const kept = history.value
  const last = Math.max(100, shown?.epoch ?? 0)
  return (
    <>
      <p data-epoch={shown?.epoch} data-accuracy={shown?.accuracy} data-loss={shown?.loss}>
        <span class="value">Epoch {shown?.epoch ?? 0}</span>
        <span class="value">{shown ? percent(shown.accuracy) : '–'} right</span>
        <span class="value">loss {shown ? fixed(shown.loss, 4) : '–'}</span>
      </p>
      <Curve
        label={`Loss and accuracy over ${shown?.epoch ?? 0} epochs`}
        x={kept.map(({ epoch }) => epoch)}
        series={[
          { name: 'right', colour: 'var(--good)', values: kept.map(({ accuracy }) => accuracy) },
          { name: 'loss', colour: 'var(--warn)', values: kept.map(({ loss }) => loss), dashed: true },
        ]}
        at={shown?.epoch ?? 0}
        xLabel="epoch"
        yLabel=""
        xTicks={[0, last / 2, last]}
        yTicks={[0, 0.5, 1, 1.5]}
        narrow
      />
    </>
  )
}

/** Borders that can only be straight cannot part points that lie around each other: after so many epochs that is plain. */
const enough = 200

function remark(): string {
  const straight = depth.value === 'none' || activation.value === 'identity'
  const shown = snapshot.value
  const result = shown && shown.epoch >= enough ? ` After ${enough} epochs and more, ${verdict(shown.accuracy)}` : ''
  if (!straight)
    return `Between the layers each number goes through ${activation.value}, which is not linear: borders can bend.${result}`
  const why =
    depth.value === 'none'
      ? 'Without a hidden layer'
      : 'With identity as activation, layers upon layers are no more than one layer:'
  return `${why} only straight borders can be drawn.${result}`
}

function verdict(accuracy: number): string {
  if (accuracy > 0.95) return 'nearly every point is on its own side.'
  return accuracy < 0.7 ? 'these points cannot be parted this way.' : 'some points are still on the wrong side.'
}

function program(): string {
  const { places, labels } = points.value
  const { hidden, activation, seed } = network.value
  const epochs = snapshot.value?.epoch ?? 0
  return `import { createTrainer } from 'onesum/classifier'

// x and y of each point, and its class
const places = ${literals(places)}
const labels = ${literals(labels)}
const shape = [${labels.length}, 2]
const trainer = createTrainer(places, labels, {
  shape,
  hidden: ${literals(hidden)},
  activation: '${activation}',
  seed: ${seed},
  heldOut: 0,
  epochs: ${Math.max(1, epochs)},
  learningRate: ${learningRate},
})
while (trainer.state.epoch < ${epochs}) trainer.epoch()
const said = trainer.classifier().predict(places, { shape })
console.log(labels.filter((label, i) => said[i] === label).length / labels.length)
`
}

/** Section 4: a network that ends in softmax learns, while one watches. */
import { signal } from '@preact/signals'
import type { JSX } from 'preact'
import { Curve } from '../page/curve.tsx'
import { percent, short } from '../page/format.ts'
import { className } from '../page/row.ts'
import { Field } from './field.tsx'
import { activations, layers } from './options.ts'
import { classes, dataSets } from './points.ts'
import { activation, dataSet, depth, history, painted, playing, reset, seed, snapshot, step } from './state.ts'

const brush = signal(0)

export default function Learning(): JSX.Element {
  return (
    <>
      <Choices />
      <div class="learning">
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
    </>
  )
}

function Choices(): JSX.Element {
  return (
    <div class="choices">
      <Choice label="Points" words={dataSets} value={dataSet.value} onChange={(word) => (dataSet.value = word)} />
      <Choice
        label="Hidden layers"
        words={layers.map(({ name }) => name)}
        value={depth.value}
        onChange={(word) => (depth.value = word)}
      />
      <Choice
        label="Activation"
        words={activations}
        value={activation.value}
        onChange={(word) => (activation.value = word)}
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
            if (Number.isInteger(typed) && typed >= 0) seed.value = typed
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
      <select value={value} onChange={(event) => onChange(event.currentTarget.value as T)}>
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
      <button type="button" disabled={painted.value.length === 0} onClick={() => (painted.value = [])}>
        Remove the painted
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
  const epochs = kept.map(({ epoch }) => epoch)
  const last = Math.max(100, epochs[epochs.length - 1] ?? 0)
  return (
    <>
      <p data-epoch={shown?.epoch} data-accuracy={shown?.accuracy} data-loss={shown?.loss}>
        Epoch {shown?.epoch ?? 0}: loss {shown ? short(shown.loss) : '–'}, {shown ? percent(shown.accuracy) : '–'}{' '}
        right.
      </p>
      {kept.length > 1 && (
        <Curve
          label={`Loss and accuracy over ${shown?.epoch} epochs`}
          x={[0, ...epochs.slice(1, -1), last]}
          series={[
            { name: 'right', colour: 'var(--good)', values: kept.map(({ accuracy }) => accuracy) },
            { name: 'loss', colour: 'var(--warn)', values: kept.map(({ loss }) => loss), dashed: true },
          ]}
          at={shown?.epoch ?? 0}
          xLabel="epoch"
          yLabel=""
          xTicks={[0, last / 2, last]}
          yTicks={[0, 0.5, 1, 1.5]}
        />
      )}
    </>
  )
}

function remark(): string {
  const straight = depth.value === 'none' || activation.value === 'identity'
  const curved = dataSet.value !== 'blobs'
  if (straight && curved) {
    const why =
      depth.value === 'none' ? 'Without a hidden layer' : 'With identity as activation, layers on layers are one layer:'
    return `${why} only straight borders can be drawn, and these points need curved ones. Choose hidden layers and relu.`
  }
  if (straight) return 'These points can be told apart by straight borders: softmax alone is enough.'
  return 'Between the layers each number goes through the activation, which is not linear: borders can bend.'
}

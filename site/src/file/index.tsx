/** Section 5: how good the probabilities of the reader's own model are, and what a temperature does for them. */
import { signal } from '@preact/signals'
import type { ComponentType, JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { assign, type Role } from './assign.ts'
import type { ResultsProps } from './results.tsx'
import { cancel, choose, chosen, kind, kinds, labelColumn, sample, start, work } from './state.ts'

const formats = '.npy,.csv,.tsv,.json,.jsonl,.ndjson'
const roles: readonly { role: Role; name: string; accept: string }[] = [
  { role: 'logits', name: 'Logits', accept: formats },
  { role: 'labels', name: 'Labels', accept: formats },
  { role: 'names', name: 'Class names, if any', accept: '.txt,.json,.csv,.tsv' },
]

export default function YourFile(): JSX.Element {
  return (
    <>
      <Drop />
      <Progress />
      <Outcome />
    </>
  )
}

const over = signal(false)

/** A file that misses the field would open in place of the page. */
function keepPage(event: DragEvent): void {
  event.preventDefault()
}

function Drop(): JSX.Element {
  useEffect(() => {
    const kinds = ['dragover', 'drop'] as const
    for (const kind of kinds) addEventListener(kind, keepPage)
    return () => {
      for (const kind of kinds) removeEventListener(kind, keepPage)
    }
  }, [])
  const drop = (event: DragEvent) => {
    event.preventDefault()
    over.value = false
    const files = [...(event.dataTransfer?.files ?? [])]
    if (files.length > 0) choose(assign(files, chosen.value))
  }
  return (
    <fieldset
      class={over.value ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault()
        over.value = true
      }}
      onDragLeave={() => {
        over.value = false
      }}
      onDrop={drop}
    >
      <legend>Drop files here, or choose them</legend>
      {roles.map(({ role, name, accept }) => (
        <Choose key={role} role={role} name={name} accept={accept} />
      ))}
      <label class="choose">
        <span>Label column</span>
        <input
          type="text"
          class="field"
          size={12}
          value={labelColumn.value}
          aria-describedby="label-column-means"
          onInput={(event) => {
            labelColumn.value = event.currentTarget.value
          }}
          onChange={start}
        />
        <span id="label-column-means" class="soft">
          its name, or its number from 0, where there are several
        </span>
      </label>
      <label class="kind">
        The numbers are{' '}
        <select
          aria-label="The numbers are"
          value={kind.value}
          onChange={(event) => {
            kind.value = event.currentTarget.value as (typeof kinds)[number]
            start()
          }}
        >
          {kinds.map((word) => (
            <option key={word} value={word}>
              {word}
            </option>
          ))}
        </select>
      </label>
      <p>
        <button type="button" aria-pressed={sample.value} onClick={() => (sample.value = true)}>
          Take the sample
        </button>{' '}
        <span class="soft">897 handwritten digits, as a small network sees them (UCI, CC BY 4.0)</span>
      </p>
    </fieldset>
  )
}

interface ChooseProps {
  readonly role: Role
  readonly name: string
  readonly accept: string
}

function Choose({ role, name, accept }: ChooseProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null)
  const file = chosen.value[role]
  return (
    <div class="choose">
      <span aria-hidden="true">{name}</span>
      <button type="button" onClick={() => input.current?.click()}>
        Choose<span class="unseen"> {name.toLowerCase()}</span>
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept={accept}
        data-choose={role}
        onChange={(event) => {
          const [picked] = event.currentTarget.files ?? []
          if (picked) choose({ ...chosen.value, [role]: picked })
          // the same file may be chosen again, once it was mended
          event.currentTarget.value = ''
        }}
      />
      <bdi class="soft">{file ? `${file.name}, ${size(file.size)}` : 'none yet'}</bdi>
    </div>
  )
}

function size(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB']
  const power = Math.min(3, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`
}

function Progress(): JSX.Element {
  const { value: now } = work
  const { logits, labels } = chosen.value
  const missing = logits
    ? labels
      ? ''
      : 'Now the labels, one for each row: their file, or the name of their column.'
    : labels
      ? 'Now the logits.'
      : ''
  return (
    <div class="work">
      {now.is === 'running' && (
        <p>
          <progress aria-label={now.doing} max={1} value={now.done} />{' '}
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        </p>
      )}
      <p role="status">
        {now.is === 'running' && `${now.doing} …`}
        {now.is === 'cancelled' && 'Cancelled.'}
        {now.is === 'measured' && <span class="unseen">Measured. The verdict comes next.</span>}
        {now.is === 'nothing' && missing}
      </p>
      {now.is === 'cancelled' && (
        <button type="button" onClick={start}>
          Measure again
        </button>
      )}
      {now.is === 'failed' && (
        <p role="alert" class="wrong">
          {now.message}
        </p>
      )}
    </div>
  )
}

const results = signal<ComponentType<ResultsProps> | undefined>(undefined)

/** The pictures and their words come when there is something to show. */
function Outcome(): JSX.Element | null {
  const { value: now } = work
  useEffect(() => {
    if (now.is === 'running' && !results.peek()) {
      import('./results.tsx').then((module) => {
        results.value = module.Results
      })
    }
  }, [now.is])
  const Results = results.value
  return now.is === 'measured' && Results ? <Results input={now.input} /> : null
}

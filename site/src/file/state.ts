/** What section 5 is told, and how far the measuring is. */
import type { ReportInput } from '@onesum/report'
import { effect, signal } from '@preact/signals'
import { addressed, choice, flag } from '../page/address.ts'
import type { Chosen } from './assign.ts'
import type { Answer, From, Order } from './messages.ts'

export const kinds = ['logits', 'probabilities', 'surely logits'] as const
type Kind = (typeof kinds)[number]
const fromOf: Record<Kind, From | undefined> = {
  logits: undefined,
  probabilities: 'probabilities',
  'surely logits': 'logits',
}

/** What the reader says the numbers are. */
export const kind = addressed<Kind>('numbers', 'logits', choice(kinds))
/** Whether the sample is looked at; files of the reader's own are in no link. */
export const sample = addressed('sample', false, flag)

export type Work =
  | { readonly is: 'nothing' | 'cancelled' }
  | { readonly is: 'running'; readonly doing: string; readonly done: number }
  | { readonly is: 'failed'; readonly message: string }
  | { readonly is: 'measured'; readonly input: ReportInput }

export const chosen = signal<Chosen>({})
/** The column that holds the labels, by name or number: of their file, or else of the logits. */
export const labelColumn = signal('')
export const work = signal<Work>({ is: 'nothing' })
/** What became of the last file that was asked for. */
export const said = signal('')

let worker: Worker | undefined

/** Ends what is being done, and what was measured. */
function stop(): void {
  worker?.terminate()
  worker = undefined
}

export function cancel(): void {
  stop()
  work.value = { is: 'cancelled' }
}

/** Measures the chosen files, once both that are needed are there. */
export function start(): void {
  stop()
  said.value = ''
  const { logits, labels, names } = chosen.value
  const column = labelColumn.value.trim()
  if (!logits || !(labels || column)) {
    work.value = { is: 'nothing' }
    return
  }
  work.value = { is: 'running', doing: 'Reading', done: 0 }
  worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  worker.onmessage = ({ data }: MessageEvent<Answer>) => take(data)
  worker.onerror = (event) => {
    event.preventDefault()
    stop()
    work.value = { is: 'failed', message: `The browser gave up (${event.message || 'out of memory, it seems'}).` }
  }
  tell({
    kind: 'measure',
    files: { logits, labelColumn: column, ...(labels && { labels }), ...(names && { names }) },
    from: fromOf[kind.value],
  })
}

function tell(order: Order): void {
  worker?.postMessage(order)
}

function take(answer: Answer): void {
  if (answer.kind === 'progress') work.value = { is: 'running', doing: answer.doing, done: answer.done }
  else if (answer.kind === 'measured') work.value = { is: 'measured', input: answer.input }
  else if (answer.kind === 'made') save(answer.name, answer.content)
  else if (work.value.is === 'measured') said.value = answer.message
  else work.value = { is: 'failed', message: answer.message }
}

/** Has the worker make a file to keep. */
export function make(what: 'calibrator' | 'probabilities'): void {
  said.value = 'Making the file …'
  tell({ kind: what })
}

export function save(name: string, content: Blob): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(content)
  link.download = name
  link.click()
  // the browser has taken it by then
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  said.value = `Saved as ${name}.`
}

/** Files of the reader's own. */
export function choose(files: Chosen): void {
  sample.value = false
  chosen.value = files
  start()
}

const samples = {
  logits: new URL('../../../examples/data/digits.logits.npy', import.meta.url),
  labels: new URL('../../../examples/data/digits.labels.npy', import.meta.url),
}

async function openSample(): Promise<void> {
  const fetched = async (address: URL, name: string) => new File([await (await fetch(address)).blob()], name)
  try {
    const [logits, labels] = await Promise.all([
      fetched(samples.logits, 'digits.logits.npy'),
      fetched(samples.labels, 'digits.labels.npy'),
    ])
    if (!sample.value) return
    labelColumn.value = ''
    chosen.value = { logits, labels }
    start()
  } catch {
    work.value = { is: 'failed', message: 'The sample could not be loaded; reload the page to try again.' }
  }
}

effect(() => {
  if (sample.value) openSample()
})

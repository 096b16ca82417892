/** Reads and measures files in a worker, so that the page stays alive; to cancel, the page ends it. */
import { createWriter } from '@onesum/io'
import { measure } from '@onesum/report'
import { fitTemperature, type TemperatureCalibrator } from 'onesum/calibration'
import { blobSink } from './blob-sink.ts'
import type { Answer, Files, From, Order } from './messages.ts'
import { type Labelled, readFiles } from './read.ts'

interface Measured extends Labelled {
  readonly name: string
  readonly from: From | undefined
}

/** Entries that are calibrated at a time. */
const block = 2 ** 20

let measured: Measured | undefined
let fitted: TemperatureCalibrator | undefined

const answer = (what: Answer) => postMessage(what)

addEventListener('message', async ({ data: order }: MessageEvent<Order>) => {
  try {
    if (order.kind === 'measure') await measureFiles(order.files, order.from)
    else if (order.kind === 'calibrator') makeCalibrator()
    else await makeProbabilities()
  } catch (error) {
    answer({ kind: 'failed', message: inWords(error, order) })
  }
})

async function measureFiles(files: Files, from: From | undefined): Promise<void> {
  const tell = paced((doing, done) => answer({ kind: 'progress', doing, done }))
  measured = fitted = undefined
  const labelled = await readFiles(files, (done) => tell('Reading', done))
  const { scores, labels, shape, classNames } = labelled
  const input = await measure(scores, labels, {
    title: files.logits.name,
    files: {
      logits: files.logits.name,
      ...(files.labels && { labels: files.labels.name }),
      ...(files.labelColumn && { labelColumn: files.labelColumn }),
      ...(files.names && { classes: files.names.name }),
    },
    shape,
    ...(from && { from }),
    ...(classNames && { classNames }),
    onProgress: (done) => tell('Measuring', done),
  })
  measured = { ...labelled, name: files.logits.name, from }
  answer({ kind: 'measured', input })
}

type Tell = (doing: 'Reading' | 'Measuring', done: number) => void

/** Not more often than can be seen. */
function paced(tell: Tell): Tell {
  let last = -Infinity
  return (doing, done) => {
    const now = performance.now()
    if (now - last < 50) return
    last = now
    tell(doing, done)
  }
}

/** The temperature of all rows, which is the one to use. */
function calibratorOf({ scores, labels, shape, from }: Measured): TemperatureCalibrator {
  fitted ??= fitTemperature(scores, labels, { shape, ...(from && { from }) })
  return fitted
}

function makeCalibrator(): void {
  if (!measured) return
  const text = `${JSON.stringify(calibratorOf(measured), null, 2)}\n`
  const content = new Blob([text], { type: 'application/json' })
  answer({ kind: 'made', name: `${stem(measured.name)}.calibrator.json`, content })
}

async function makeProbabilities(): Promise<void> {
  if (!measured) return
  const { scores, shape, name } = measured
  const [rows, classes] = shape
  const sink = blobSink(`${stem(name)}.probabilities.npy`)
  const dtype = scores instanceof Float64Array ? 'float64' : 'float32'
  const writer = await createWriter(sink, { format: 'npy', dtype, shape })
  const calibrator = calibratorOf(measured)
  const most = Math.max(1, Math.floor(block / classes))
  for (let first = 0; first < rows; first += most) {
    const end = Math.min(rows, first + most)
    const part = scores.subarray(first * classes, end * classes)
    await writer.write(calibrator.transform(part, { shape: [end - first, classes] }))
  }
  await writer.finish()
  answer({ kind: 'made', name: sink.name, content: sink.blob() })
}

function stem(name: string): string {
  return name.replace(/\.[^.]*$/, '').replace(/\.logits$/, '')
}

/** The library's complaint with the file for its argument, and the page's choice for the library's option. */
function inWords(error: unknown, order: Order): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'InputError') return error.message
  const complaint = error.message
    .replace(/^.*?: "(scores|labels|logits)" /, '')
    .replace(/; pass from: 'probabilities'.*$/, '; say above what the numbers are')
  return order.kind === 'measure' ? `${order.files.logits.name}: ${complaint}` : complaint
}

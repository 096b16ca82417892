import { type Dtype, type Format, formats, InputError, type Sink, type Values } from '@onesum/io'
import { openFile } from '@onesum/io/node'
import { type Command, Option } from 'commander'
import { encodeFloat16 } from 'onesum'
import { type Calibrator, calibratorFromJSON } from 'onesum/calibration'
import {
  checkOutput,
  type OpenInput,
  openInput,
  openSink,
  outputFormat,
  pathOf,
  refuseBytesOnTerminal,
  standardStream,
  wroteLine,
} from '../files.ts'
import { product } from '../lanes.ts'
import { NonFinite } from '../nonfinite.ts'
import { count, dimensions } from '../numbers.ts'
import { addInputOptions, dtypes, examples, type InputOptions } from '../options.ts'
import { rowPieces } from '../pieces.ts'
import { numbersOf } from '../prepare.ts'
import { guardedPieces } from '../probability-guard.ts'
import { Progress } from '../progress.ts'
import { print, remark, type Terminal } from '../terminal.ts'
import { writePieces } from '../write.ts'
import { nonFiniteRemark } from './softmax.ts'

interface ApplyOptions extends InputOptions {
  output?: string
  outputFormat?: Format
  dtype?: Dtype
  force?: boolean
}

export function addApply(program: Command, terminal: Terminal): void {
  const command = program
    .command('apply')
    .summary('turn logits into calibrated probabilities')
    .description(
      'Turns a file of logits into probabilities by a calibrator of onesum calibrate. Rows are read, mapped and written ' +
        'a few at a time, so a file of any size will do.',
    )
    .argument('<calibrator>', 'the JSON file that onesum calibrate wrote')
    .argument('<logits>', 'an NPY, CSV, TSV, JSON or JSON Lines file of what was calibrated; - for stdin')
    .option('-o, --output <file>', 'where the probabilities go; - for stdout (the default)')
    .addOption(
      new Option('--dtype <type>', "the output's precision (default: the input's; text is float64)").choices(dtypes),
    )
    .option('--label-column <column>', 'a column to leave out: its name, or its number from 0')
  addInputOptions(command)
    .addOption(
      new Option('--output-format <format>', "default: by the output's extension, else the input's").choices(formats),
    )
    .option('--force', 'replace the output if it exists')
    .addHelpText('after', examples('onesum apply calibrator.json examples/data/digits.logits.npy -o probabilities.npy'))
    .action(async (file: string, logits: string, options: ApplyOptions) => {
      const { output = standardStream, force = false } = options
      if (options.outputFormat === undefined && output !== standardStream) outputFormat(output, undefined, 'npy')
      await checkOutput(terminal, output, [logits, file], force)
      const calibrator = await readCalibrator(terminal, file)
      const input = await openInput(terminal, logits, options)
      try {
        const nonFinite = new NonFinite()
        const what = await applyTo(terminal, calibrator, file, logits, input, { ...options, output, force }, nonFinite)
        if (nonFinite.values > 0) await remark(terminal, nonFiniteRemark(logits, nonFinite))
        if (output !== standardStream) await print(terminal.stdout, await wroteLine(terminal, output, what))
      } finally {
        await input.reader.close()
      }
    })
}

/** The calibrator that a file holds. */
async function readCalibrator(terminal: Terminal, file: string): Promise<Calibrator> {
  const source = await openFile(pathOf(terminal, file))
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const bytes of source.stream()) text += decoder.decode(bytes, { stream: true })
  } finally {
    await source.close()
  }
  try {
    return calibratorFromJSON(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new InputError(`${file}: it is no whole JSON (${error.message}); write it again with onesum calibrate`)
    }
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    throw new InputError(`${file}: it is no calibrator: ${error.message.replace(/^.*?: /, '')}`)
  }
}

async function applyTo(
  terminal: Terminal,
  calibrator: Calibrator,
  file: string,
  logits: string,
  { reader, source }: OpenInput,
  options: ApplyOptions & { output: string; force: boolean },
  nonFinite: NonFinite,
): Promise<string> {
  const { output, force } = options
  const { shape, columns, names } = reader
  if (columns !== calibrator.classes) {
    const got = `${logits} has ${count(columns, 'class')}`
    throw new InputError(`${file}: it is for ${count(calibrator.classes, 'class')}, and a row of ${got}`)
  }
  const format = outputFormat(output, options.outputFormat, reader.format)
  refuseBytesOnTerminal(terminal, output, format)
  const dtype = options.dtype ?? reader.dtype
  const bar = new Progress(terminal, 'apply', source.size, output === standardStream)
  const from = calibrator.from === 'probabilities' ? calibrator.from : undefined
  async function* calibrated(): AsyncGenerator<Values> {
    for await (const piece of guardedPieces(rowPieces(reader, logits), { length: columns, inner: 1 }, from, logits)) {
      const scores = numbersOf(piece.values)
      nonFinite.add(scores, piece.offset, columns)
      const rows = [scores.length / columns, columns]
      const wide = dtype === 'float16' ? 'float32' : dtype
      const probabilities = calibrator.transform(scores, { shape: rows, dtype: wide }) as Values
      yield dtype === 'float16' ? encodeFloat16(numbersOf(probabilities)) : probabilities
      bar.update(piece.position)
    }
  }
  try {
    const sink = (): Promise<Sink> => openSink(terminal, output, force)
    const elements = await writePieces(calibrated(), sink, { format, dtype, shape, names })
    const rows = elements / (product(shape.slice(1)) || 1)
    return `${dimensions(shape.map((size) => size ?? rows))}, ${dtype}`
  } finally {
    bar.stop()
  }
}

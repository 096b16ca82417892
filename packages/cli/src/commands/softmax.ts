import { type Dtype, type Format, formats, type Sink } from '@onesum/io'
import { type Command, Option } from 'commander'
import {
  checkOutput,
  type OpenInput,
  openInput,
  openSink,
  outputFormat,
  refuseBytesOnTerminal,
  standardStream,
  wroteLine,
} from '../files.ts'
import { lanesOf, product } from '../lanes.ts'
import { openMask } from '../mask.ts'
import { NonFinite } from '../nonfinite.ts'
import { dimensions } from '../numbers.ts'
import {
  addInputOptions,
  dtypes,
  examples,
  type From,
  fromOption,
  type InputOptions,
  integer,
  temperature,
} from '../options.ts'
import { heldElements } from '../pieces.ts'
import { Progress } from '../progress.ts'
import { softmaxPieces } from '../softmax-pieces.ts'
import { print, remark, type Terminal } from '../terminal.ts'
import { writePieces } from '../write.ts'

export interface SoftmaxOptions extends InputOptions {
  output?: string
  outputFormat?: Format
  log?: boolean
  axis?: number
  temperature?: number
  dtype?: Dtype
  mask?: string
  from?: From
  force?: boolean
}

export interface SoftmaxResult {
  output: string
  shape: number[]
  dtype: Dtype
  nonFinite: NonFinite
}

const whatProbabilities =
  'what the numbers are (default: logits, refused when they look like probabilities); probabilities p are taken ' +
  'as logits log p, so --temperature rescales them'

export function addSoftmax(program: Command, terminal: Terminal): void {
  const command = program
    .command('softmax')
    .summary('turn logits into probabilities')
    .description(
      'Turns a file of logits into probabilities, each row summing to 1. Rows are read, mapped and written a few at a ' +
        'time, so a file of any size will do. A label column is left out of the output.',
    )
    .argument('<logits>', 'an NPY, CSV, TSV, JSON or JSON Lines file; - for stdin')
    .option('-o, --output <file>', 'where the probabilities go; - for stdout (the default)')
    .option('--log', 'write log-probabilities')
    .addOption(
      new Option('--axis <n>', 'the axis that holds the classes')
        .argParser(integer(Number.MIN_SAFE_INTEGER))
        .default(-1),
    )
    .addOption(
      new Option('--temperature <t>', 'divide the logits by t first: above 1 softens')
        .argParser(temperature)
        .default(1),
    )
    .addOption(
      new Option('--dtype <type>', "the output's precision (default: the input's; text is float64)").choices(dtypes),
    )
    .option(
      '--mask <file>',
      'entries to keep (1) and to leave out (0, or NPY booleans): the same shape, or one row for all',
    )
    .addOption(fromOption(whatProbabilities))
    .option('--label-column <column>', 'a column to leave out: its name, or its number from 0')
  addInputOptions(command)
    .addOption(
      new Option('--output-format <format>', "default: by the output's extension, else the input's").choices(formats),
    )
    .option('--force', 'replace the output if it exists')
    .addHelpText(
      'after',
      examples(
        'onesum softmax examples/data/digits.logits.npy -o probabilities.npy',
        'onesum softmax examples/data/digits.logits.npy --temperature 4 -o softer.csv',
        'onesum softmax examples/data/digits.logits.npy --output-format csv | onesum topk - --format csv --from probabilities -k 1',
      ),
    )
    .action(async (logits: string, options: SoftmaxOptions) => {
      const result = await softmaxFile(terminal, logits, options)
      if (result.nonFinite.values > 0) await remark(terminal, nonFiniteRemark(logits, result.nonFinite))
      const { output, shape, dtype } = result
      const what = `${dimensions(shape)}, ${dtype}`
      if (output !== standardStream) await print(terminal.stdout, await wroteLine(terminal, output, what))
    })
}

/** Maps a file of logits to a file of probabilities; on any error nothing is written. */
export async function softmaxFile(terminal: Terminal, logits: string, options: SoftmaxOptions): Promise<SoftmaxResult> {
  const output = options.output ?? standardStream
  const inputs = options.mask === undefined ? [logits] : [logits, options.mask]
  if (options.outputFormat === undefined && output !== standardStream) outputFormat(output, undefined, 'npy')
  await checkOutput(terminal, output, inputs, options.force ?? false)
  const input = await openInput(terminal, logits, options)
  try {
    return await softmaxInput(terminal, logits, input, output, options)
  } finally {
    await input.reader.close()
  }
}

async function softmaxInput(
  terminal: Terminal,
  name: string,
  input: OpenInput,
  output: string,
  options: SoftmaxOptions,
): Promise<SoftmaxResult> {
  const { reader, source } = input
  const { shape } = reader
  const format = outputFormat(output, options.outputFormat, reader.format)
  refuseBytesOnTerminal(terminal, output, format)
  const dtype = options.dtype ?? reader.dtype
  const nonFinite = new NonFinite()
  const { mask } = options
  const bar = new Progress(terminal, 'softmax', source.size, output === standardStream)
  const pieces = softmaxPieces(input, {
    name,
    lanes: lanesOf(shape, options.axis ?? -1),
    columns: reader.columns,
    log: options.log ?? false,
    temperature: options.temperature ?? 1,
    dtype,
    from: options.from,
    openMask: async () => (mask === undefined ? undefined : openMask(terminal, mask, shape)),
    reopen: name === standardStream ? undefined : () => openInput(terminal, name, options),
    nonFinite,
    held: terminal.held ?? heldElements,
    progress: (position, pass, passes) => bar.update((position + pass * (source.size ?? 0)) / passes),
  })
  const sink = (): Promise<Sink> => openSink(terminal, output, options.force ?? false)
  try {
    const elements = await writePieces(pieces, sink, { format, dtype, shape, names: reader.names })
    const rows = elements / (product(shape.slice(1)) || 1)
    return { output, shape: shape.map((size) => size ?? rows), dtype, nonFinite }
  } finally {
    bar.stop()
  }
}

export function nonFiniteRemark(name: string, nonFinite: NonFinite): string {
  const zeros = nonFinite.minus > 0 ? '-Infinity is probability 0' : ''
  const lost = nonFinite.nan + nonFinite.plus > 0 ? 'rows with NaN or Infinity come out as NaN' : ''
  return `${name}: ${nonFinite.describe()}: ${[lost, zeros].filter((part) => part !== '').join(', ')}`
}

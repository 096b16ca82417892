import { type Dtype, type Format, formats } from '@onesum/io'
import { type Command, Option } from 'commander'
import { checkOutput, standardStream, wroteLine } from '../files.ts'
import { count, dimensions } from '../numbers.ts'
import { addInputOptions, dtypes, examples, type InputOptions } from '../options.ts'
import { predictFile } from '../prediction.ts'
import { print, type Terminal } from '../terminal.ts'

export interface PredictOptions extends InputOptions {
  output?: string
  outputFormat?: Format
  best?: boolean
  dtype?: Dtype
  force?: boolean
}

export function addPredict(program: Command, terminal: Terminal): void {
  const command = program
    .command('predict')
    .summary('give the probabilities of a trained classifier')
    .description(
      'Gives the probabilities that a model of onesum train has for each row of features. Rows are read and written a few ' +
        'at a time. Where a header names the columns they must be those the model was trained on, in the same order.',
    )
    .argument('<model>', 'the .json that onesum train wrote')
    .argument('<features>', 'an NPY, CSV, TSV, JSON or JSON Lines file; - for stdin')
    .option('-o, --output <file>', 'where the probabilities go; - for stdout (the default)')
    .option('--best', 'write only the most probable class of each row, by name, and its probability')
    .addOption(
      new Option('--dtype <type>', "the output's precision (default: the input's; text is float64)").choices(dtypes),
    )
    .option('--label-column <column>', 'a column to leave out: its name, or its number from 0')
  addInputOptions(command)
    .addOption(
      new Option('--output-format <format>', "default: by the output's extension, else the input's").choices(formats),
    )
    .option('--force', 'replace the output if it exists')
    .addHelpText(
      'after',
      examples(
        'onesum train examples/data/wine.csv --label-column cultivar --standardize -o wine.json --force',
        'onesum predict wine.json examples/data/wine.csv --label-column cultivar --best -o best.csv',
        'onesum predict wine.json examples/data/wine.csv --label-column cultivar -o probabilities.npy',
      ),
    )
    .action(async (model: string, features: string, options: PredictOptions) => {
      const output = options.output ?? standardStream
      await checkOutput(terminal, output, [model, features], options.force ?? false)
      const { rows, classes, dtype } = await predictFile(terminal, model, features, { ...options, output })
      if (output === standardStream) return
      const what = options.best ? `the classes of ${count(rows, 'row')}` : `${dimensions([rows, classes])}, ${dtype}`
      await print(terminal.stdout, await wroteLine(terminal, output, what))
    })
}

import { type Command, InvalidArgumentError, Option } from 'commander'
import { wroteLine } from '../files.ts'
import { activationNames } from '../fit-settings.ts'
import { count } from '../numbers.ts'
import { addInputOptions, examples, fraction, integer, namesOrFile, numberFrom, unitList } from '../options.ts'
import { print, type Terminal } from '../terminal.ts'
import { type TrainOptions, trainFile } from '../training.ts'
import { trainingJson, trainingText } from '../training-text.ts'

export function addTrain(program: Command, terminal: Terminal): void {
  const command = program
    .command('train')
    .summary('train a softmax classifier on features and labels')
    .description(
      'Trains a softmax classifier (multinomial logistic regression, or a network with --hidden) on a file of features, ' +
        'one row each, and says how ' +
        'good it is on rows that it never saw. The model that is written is the one that was judged; --holdout 0 trains ' +
        'on all rows.',
    )
    .argument('<features>', 'an NPY, CSV, TSV, JSON or JSON Lines file; - for stdin')
    .option('--labels <file>', 'the true classes, one per row, as numbers from 0 or as names')
    .option(
      '--label-column <column>',
      'the column that holds the labels, in their file or else in the features: name or number from 0',
    )
    .option('-o, --output <file>', 'where the model goes, .json or .onnx; may be given for both', collect)
    .option(
      '--classes <names>',
      'class names in order: a,b,c, or a file with one on each line (default: the names that occur, sorted)',
      namesOrFile,
    )
    .addOption(
      new Option('--l2 <n>', "penalty l2/2 · Σ w², or 'auto': by cross-validation (default: 1)").argParser(penalty),
    )
    .option('--standardize', 'penalise the weights of features of mean 0 and deviation 1')
    .addOption(new Option('--class-weight <how>', 'balanced: every class weighs the same').choices(['balanced']))
    .addOption(
      new Option('--holdout <part>', 'the part of the rows that is held out, to judge by')
        .argParser(fraction)
        .default(0.2),
    )
    .addOption(new Option('--seed <n>', 'which rows are held out').argParser(integer(0)).default(1))
    .addOption(
      new Option('--tolerance <n>', 'stop where an iteration would gain less than this part (default: 2e-8)').argParser(
        numberFrom(0, 1),
      ),
    )
    .addOption(new Option('--max-iterations <n>', 'default: 1000').argParser(integer(0)))
    .addOption(
      new Option('--hidden <units>', 'hidden layers, 32,32 for two: a network, trained by Adam').argParser(unitList),
    )
    .addOption(new Option('--activation <name>', 'of hidden units (default: relu)').choices(activationNames))
    .addOption(
      new Option('--epochs <n>', 'the most passes over the rows, for networks (default: 200)').argParser(integer(1)),
    )
    .addOption(
      new Option('--calibrate <how>', 'divide the logits by a temperature, fitted on a tenth of the rows').choices([
        'temperature',
      ]),
    )
    .option('--json', 'one JSON object')
  addInputOptions(command)
    .option('--force', 'replace the output if it exists')
    .addHelpText(
      'after',
      examples(
        'onesum train examples/data/wine.csv --label-column cultivar --standardize -o wine.json',
        'onesum train examples/data/pixels.features.npy --labels examples/data/pixels.labels.npy --l2 auto -o digits.json -o digits.onnx',
      ),
    )
    .action(async (features: string, options: TrainOptions & { json?: boolean }) => {
      const training = await trainFile(terminal, features, options)
      if (options.json) {
        await print(terminal.stdout, `${trainingJson(training)}\n`)
        return
      }
      const { classes, features: columns } = training.classifier
      const what = `${count(columns, 'feature')} to ${count(classes, 'class')}`
      const wrote = await Promise.all(training.outputs.map((output) => wroteLine(terminal, output, what)))
      await print(terminal.stdout, `${trainingText(training)}\n\n${wrote.join('')}`)
    })
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}

function penalty(text: string): number | 'auto' {
  if (text === 'auto') return text
  try {
    return numberFrom(0, Number.MAX_VALUE)(text)
  } catch {
    throw new InvalidArgumentError("expected a finite number >= 0, or 'auto'.")
  }
}

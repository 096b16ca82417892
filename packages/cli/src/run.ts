import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addApply } from './commands/apply.ts'
import { addCalibrate } from './commands/calibrate.ts'
import { addEvaluate } from './commands/evaluate.ts'
import { addPredict } from './commands/predict.ts'
import { addReport } from './commands/report.ts'
import { addSoftmax } from './commands/softmax.ts'
import { addTopk } from './commands/topk.ts'
import { addTrain } from './commands/train.ts'
import { exitCode, explaining, onTerminal } from './program.ts'
import { print, type Terminal } from './terminal.ts'

/** Runs the command with these arguments (those after its name) and resolves with the exit code. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const program = createProgram(terminal)
  const known = program.commands.some((command) => command.name() === argv[0])
  const work = async (): Promise<number> => {
    if (argv.length === 0) {
      await print(terminal.stderr, program.helpInformation())
      return 2
    }
    await program.parseAsync([...argv], { from: 'user' })
    return 0
  }
  return exitCode(work, terminal, known ? `onesum ${argv[0]}` : 'onesum')
}

function createProgram(terminal: Terminal): Command {
  const program = onTerminal(new Command('onesum'), terminal, 'onesum')
    .description('Raw logits in files to probabilities, and how good these are.')
    .version(version(), '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
  addSoftmax(program, terminal)
  addEvaluate(program, terminal)
  addTopk(program, terminal)
  addTrain(program, terminal)
  addPredict(program, terminal)
  addReport(program, terminal)
  addCalibrate(program, terminal)
  addApply(program, terminal)
  for (const command of program.commands) explaining(command, `onesum ${command.name()}`)
  return program.addHelpText('after', '\nEach command has its own --help, with examples.\n')
}

function version(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
}

import { InputError } from '@onesum/io'
import { type Command, Option } from 'commander'
import { shown } from '../class-names.ts'
import { checkOutput, openSink, standardStream, wroteLine } from '../files.ts'
import { percent, toJson } from '../numbers.ts'
import { addInputOptions, examples, fromOption, integer, temperature } from '../options.ts'
import { openRanking, type RankedRow, type Ranking, type RankingOptions } from '../ranking.ts'
import { alignedLine, type Column, quoted, width } from '../table.ts'
import { print, remark, type Terminal } from '../terminal.ts'
import { writeText } from '../write.ts'
import { nonFiniteRemark } from './softmax.ts'

export interface TopkOptions extends RankingOptions {
  k: number
  json?: boolean
  force?: boolean
}

/** How the rows are written: a table for people, or one of the formats for machines. */
type Layout = 'table' | 'json' | 'jsonl' | 'csv' | 'tsv'

const whatScores = 'what the numbers are (default: logits, refused when they look like probabilities)'

export function addTopk(program: Command, terminal: Terminal): void {
  const command = program
    .command('topk')
    .summary('list the most probable classes of each row')
    .description(
      'Lists the k most probable classes of each row with their probabilities; ties go to the lower class. Classes ' +
        'have the names of the header, else their numbers from 0.',
    )
    .argument('<logits>', 'an NPY, CSV, TSV, JSON or JSON Lines file; - for stdin')
    .addOption(new Option('-k <k>', 'how many classes').argParser(integer(1)).default(5))
    .option('-o, --output <file>', 'a .csv, .tsv, .json or .jsonl file (default: a table on stdout)')
    .option('--json', 'JSON on stdout: an array with one object per row')
    .addOption(fromOption(whatScores))
    .addOption(new Option('--temperature <t>', 'divide the logits by t first').argParser(temperature).default(1))
    .option('--label-column <column>', 'a column to leave out: its name, or its number from 0')
  addInputOptions(command)
    .option('--force', 'replace the output if it exists')
    .addHelpText(
      'after',
      examples(
        'onesum topk examples/data/digits.logits.npy -k 3',
        'onesum topk examples/data/digits.logits.npy -k 3 -o top3.csv',
      ),
    )
    .action((logits: string, options: TopkOptions) => topkFile(terminal, logits, options))
}

export async function topkFile(terminal: Terminal, logits: string, options: TopkOptions): Promise<void> {
  const output = options.output ?? standardStream
  const layout = layoutOf(output, options.json ?? false)
  await checkOutput(terminal, output, [logits], options.force ?? false)
  const ranking = await openRanking(terminal, logits, options.k, options)
  try {
    await writeText(textOf(layout, ranking, options.k), () => openSink(terminal, output, options.force ?? false))
  } finally {
    await ranking.close()
  }
  if (output !== standardStream) await print(terminal.stdout, await wroteLine(terminal, output, `top ${options.k}`))
  if (ranking.nonFinite.values > 0) await remark(terminal, nonFiniteRemark(logits, ranking.nonFinite))
}

function layoutOf(output: string, json: boolean): Layout {
  if (json) return 'json'
  if (output === standardStream) return 'table'
  const extension = /\.(csv|tsv|json|jsonl|ndjson)$/i.exec(output)?.[1]?.toLowerCase()
  if (extension === undefined) throw new InputError(`${output}: topk writes .csv, .tsv, .json and .jsonl files`)
  return extension === 'ndjson' ? 'jsonl' : (extension as Layout)
}

async function* textOf(layout: Layout, ranking: Ranking, k: number): AsyncGenerator<string> {
  const lines = layout === 'table' ? tableLines(ranking, k) : (rows: RankedRow[]) => rows.flatMap(recordLines)
  const name = (index: number): string | number => ranking.names?.[index] ?? index
  function recordLines({ row, classes, probabilities }: RankedRow): string[] {
    if (layout === 'json' || layout === 'jsonl') return [toJson({ row, classes: classes.map(name), probabilities }, 0)]
    const separator = layout === 'csv' ? ',' : '\t'
    return classes.map((index, i) => [row, i + 1, quoted(name(index), separator), probabilities[i]].join(separator))
  }
  if (layout === 'csv' || layout === 'tsv') {
    yield `${['row', 'rank', 'class', 'probability'].join(layout === 'csv' ? ',' : '\t')}\n`
  }
  let separator = layout === 'json' ? '[\n' : ''
  for await (const rows of ranking.batches()) {
    const text = lines(rows).join(layout === 'json' ? ',\n' : '\n')
    yield layout === 'json' ? separator + text : `${text}\n`
    if (layout === 'json') separator = ',\n'
  }
  if (layout === 'json') yield separator === '[\n' ? '[]\n' : '\n]\n'
}

/** Lines of a table whose widths are known before the rows are, with its head before the first of them. */
function tableLines(ranking: Ranking, k: number): (rows: RankedRow[]) => string[] {
  const { columns } = ranking
  const names = ranking.names?.map(shown)
  const widest =
    names === undefined ? String(columns - 1).length : names.reduce((most, name) => Math.max(most, width(name)), 0)
  const pair: Column[] = [
    { title: 'class', align: names === undefined ? 'right' : 'left' },
    { title: 'p', align: 'right' },
  ]
  const head: Column[] = [{ title: 'row', align: 'right' }, ...Array.from({ length: k }, () => pair).flat()]
  const rowWidth = Math.max(3, String((ranking.rows ?? 1e6) - 1).length)
  const widths = head.map((_, i) => (i === 0 ? rowWidth : i % 2 === 1 ? Math.max(5, widest) : 6))
  let started = false
  return (rows) => {
    const body = rows.map(({ row, classes, probabilities }) => {
      const cells = classes.flatMap((index, i) => [String(names?.[index] ?? index), percent(probabilities[i])])
      return alignedLine(head, widths, [String(row), ...cells])
    })
    const title = started
      ? []
      : [
          alignedLine(
            head,
            widths,
            head.map(({ title }) => title),
          ),
        ]
    started = true
    return [...title, ...body]
  }
}

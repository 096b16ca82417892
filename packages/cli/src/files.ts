import { fstatSync, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import {
  type Format,
  formatOf,
  InputError,
  type LabelsReader,
  type LogitsReader,
  openFeatures as openFeatureFile,
  openLabels,
  openLogits,
  type Sink,
  type Source,
} from '@onesum/io'
import { createFile, openFile, stdinSource, stdoutSink } from '@onesum/io/node'
import { UsageError } from './errors.ts'
import { bytes } from './numbers.ts'
import type { InputOptions } from './options.ts'
import { isTerminal, type Terminal } from './terminal.ts'

/** The name that stands for stdin, or for stdout. */
export const standardStream = '-'

export function pathOf(terminal: Terminal, name: string): string {
  return isAbsolute(name) || terminal.cwd === process.cwd() ? name : join(terminal.cwd, name)
}

export async function openSource(terminal: Terminal, name: string): Promise<Source> {
  return name === standardStream ? stdinSource(terminal.stdin) : openFile(pathOf(terminal, name))
}

/** The format an option names, else the one the extension names; stdin has no extension. */
async function inputFormat(terminal: Terminal, name: string, given: Format | undefined): Promise<Format> {
  if (given !== undefined) return given
  if (name === standardStream) throw new UsageError('stdin has no extension: say what it holds with --format')
  await refuseFolder(terminal, name, 'read')
  return formatByName(name, '--format')
}

/** A folder is called one, and not a file whose name lacks an extension. */
async function refuseFolder(terminal: Terminal, name: string, how: 'read' | 'written'): Promise<void> {
  const found = await identityOf(terminal, name)
  if (found?.isDirectory()) throw new InputError(`${name}: cannot be ${how}: it is a folder`)
}

export interface OpenInput {
  source: Source
  reader: LogitsReader
}

export async function openInput(terminal: Terminal, name: string, options: InputOptions): Promise<OpenInput> {
  return open(terminal, name, options, openLogits)
}

/** Features are read as logits are, and may be whole numbers too. */
export async function openFeatures(terminal: Terminal, name: string, options: InputOptions): Promise<OpenInput> {
  return open(terminal, name, options, openFeatureFile)
}

async function open(
  terminal: Terminal,
  name: string,
  options: InputOptions,
  openReader: typeof openLogits,
): Promise<OpenInput> {
  const format = await inputFormat(terminal, name, options.format)
  const source = await openSource(terminal, name)
  const { header, labelColumn } = options
  return { source, reader: await openReader(source, { format, header, labelColumn }) }
}

/** The format of a file beside the first, which alone may come from stdin. */
export async function besideFormat(terminal: Terminal, name: string, option: string): Promise<Format> {
  if (name === standardStream) throw new UsageError(`${option} needs a file: only the first file can come from stdin`)
  await refuseFolder(terminal, name, 'read')
  return formatOf(name)
}

export interface LabelOptions {
  header?: boolean
  labelColumn?: string
  classNames?: string[]
  learnNames?: boolean
}

export async function openLabelFile(terminal: Terminal, name: string, options: LabelOptions): Promise<LabelsReader> {
  const format = await besideFormat(terminal, name, '--labels')
  return openLabels(await openSource(terminal, name), { format, ...options })
}

/** Refuses, before any work, to write onto an input by whatever spelling, onto a folder, or onto a file that exists. */
export async function checkOutput(terminal: Terminal, output: string, inputs: string[], force: boolean): Promise<void> {
  const target = await identityOf(terminal, output)
  if (target === undefined) return
  await refuseFolder(terminal, output, 'written')
  for (const name of inputs) {
    const input = name === standardStream ? undefined : await identityOf(terminal, name)
    if (input !== undefined && input.dev === target.dev && input.ino === target.ino) {
      throw new InputError(`${output}: the output is the input ${name}; write to another file`)
    }
  }
  if (output === standardStream || force || !target.isFile()) return
  throw new InputError(`${output}: already exists; choose another name, or overwrite it with --force`)
}

async function identityOf(terminal: Terminal, name: string): Promise<Stats | undefined> {
  try {
    if (name !== standardStream) return await stat(pathOf(terminal, name))
    const { fd } = terminal.stdout as { fd?: number }
    const stats = fd === undefined ? undefined : fstatSync(fd)
    return stats?.isFile() ? stats : undefined
  } catch {
    // what cannot be looked at cannot be an input either; opening it will tell why
    return undefined
  }
}

export async function openSink(terminal: Terminal, name: string, force: boolean): Promise<Sink> {
  if (name === standardStream) return stdoutSink(terminal.stdout)
  return createFile(pathOf(terminal, name), { force })
}

/** The format an option names, else the one the output's extension names, else the input's. */
export function outputFormat(output: string, given: Format | undefined, input: Format): Format {
  if (given !== undefined) return given
  return output === standardStream ? input : formatByName(output, '--output-format')
}

function formatByName(name: string, option: string): Format {
  try {
    return formatOf(name)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    throw new InputError(error.message.replace('or name the format', `or say it with ${option}`))
  }
}

export function refuseBytesOnTerminal(terminal: Terminal, output: string, format: Format): void {
  if (output === standardStream && format === 'npy' && isTerminal(terminal.stdout)) {
    throw new UsageError('NPY is not for a terminal: write to a file with -o FILE, or pass --output-format csv')
  }
}

/** One line about a file that was written; none about a device or a named pipe, whose content must stay alone. */
export async function wroteLine(terminal: Terminal, output: string, what: string): Promise<string> {
  const stats = await stat(pathOf(terminal, output))
  return stats.isFile() ? `${output}: ${what}, ${bytes(stats.size)}\n` : ''
}

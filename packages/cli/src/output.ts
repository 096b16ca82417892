import { openSink } from './files.ts'
import type { Terminal } from './terminal.ts'

/** Writes a text to a file, whole or not at all. */
export async function writeText(terminal: Terminal, output: string, text: string, force: boolean): Promise<void> {
  const sink = await openSink(terminal, output, force)
  try {
    await sink.write(new TextEncoder().encode(text))
    await sink.commit()
  } catch (error) {
    await sink.abort()
    throw error
  }
}

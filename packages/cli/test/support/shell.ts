import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { run } from '../../src/run.ts'
import type { Terminal } from '../../src/terminal.ts'

export interface Result {
  code: number
  stdout: string
  stderr: string
  /** stdout as it was written. */
  bytes: Buffer
}

/** A writable that keeps what it gets; `isTTY` makes it look like a terminal. */
export class Recorder extends Writable {
  readonly chunks: Buffer[] = []
  readonly isTTY: boolean

  constructor(isTTY = false) {
    super()
    this.isTTY = isTTY
  }

  override _write(chunk: Buffer | string, _: BufferEncoding, done: (error?: Error | null) => void): void {
    this.chunks.push(Buffer.from(chunk))
    done()
  }

  bytes(): Buffer {
    return Buffer.concat(this.chunks)
  }
}

/** An empty folder that goes when the test is over, and the command in it. */
export class Shell {
  readonly folder = mkdtempSync(join(tmpdir(), 'onesum-cli-'))

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }))
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(this.path(name), content)
  }

  read(name: string): Buffer {
    return readFileSync(this.path(name))
  }

  text(name: string): string {
    return this.read(name).toString()
  }

  /** Names in the folder, hidden ones and so unfinished files included. */
  names(): string[] {
    return readdirSync(this.folder).sort()
  }

  onesum(...argv: string[]): Promise<Result> {
    return this.execute((terminal) => run(argv, terminal))
  }

  /** The command with this content, or these bytes, on stdin. */
  piped(stdin: string | Uint8Array, ...argv: string[]): Promise<Result> {
    return this.execute((terminal) => run(argv, terminal), { stdin: Readable.from([Buffer.from(stdin)]) })
  }

  async execute(program: (terminal: Terminal) => Promise<number>, streams: Partial<Terminal> = {}): Promise<Result> {
    const stdout = new Recorder()
    const stderr = new Recorder()
    const code = await program({ stdin: Readable.from([]), stdout, stderr, cwd: this.folder, ...streams })
    return { code, stdout: stdout.bytes().toString(), stderr: stderr.bytes().toString(), bytes: stdout.bytes() }
  }
}

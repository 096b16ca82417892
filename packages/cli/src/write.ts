import { createWriter, type Sink, type Values, type WriteOptions } from '@onesum/io'

/**
 * Writes pieces to a sink that is opened only when the first of them is there: an input that turns out wrong by then
 * leaves nothing at all, and one that turns out wrong later leaves no file.
 *
 * @returns the number of elements written
 */
export async function writePieces(
  pieces: AsyncGenerator<Values>,
  openSink: () => Promise<Sink>,
  file: WriteOptions,
): Promise<number> {
  const first = await pieces.next()
  const sink = await openSink().catch(async (error) => {
    await pieces.return(undefined)
    throw error
  })
  try {
    const writer = await createWriter(sink, file)
    let elements = 0
    for (let next = first; !next.done; next = await pieces.next()) {
      await writer.write(next.value)
      elements += next.value.length
    }
    await writer.finish()
    return elements
  } catch (error) {
    await pieces.return(undefined)
    await sink.abort()
    throw error
  }
}

/** The same for text: the sink is opened when the first part is there, and only a whole file appears. */
export async function writeText(parts: AsyncGenerator<string>, openSink: () => Promise<Sink>): Promise<void> {
  const first = await parts.next()
  const sink = await openSink()
  const encoder = new TextEncoder()
  try {
    for (let next = first; !next.done; next = await parts.next()) await sink.write(encoder.encode(next.value))
    await sink.commit()
  } catch (error) {
    await sink.abort()
    throw error
  }
}

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

/** Messages of Protocol Buffers, put together from their fields. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** Writes one field, its tag and its content. */
export type Field = (to: BinaryWriter) => void

export const integer =
  (number: number, value: number): Field =>
  (to) =>
    to.tag(number, WireType.Varint).int64(value)

export const float =
  (number: number, value: number): Field =>
  (to) =>
    to.tag(number, WireType.Bit32).float(value)

export const text =
  (number: number, value: string): Field =>
  (to) =>
    to.tag(number, WireType.LengthDelimited).string(value)

export const bytes =
  (number: number, value: Uint8Array): Field =>
  (to) =>
    to.tag(number, WireType.LengthDelimited).bytes(value)

export const message =
  (number: number, fields: readonly Field[]): Field =>
  (to) => {
    to.tag(number, WireType.LengthDelimited).fork()
    for (const field of fields) field(to)
    to.join()
  }

/** The bytes of a message of these fields. */
export function encode(fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const to = new BinaryWriter()
  for (const field of fields) field(to)
  return to.finish()
}

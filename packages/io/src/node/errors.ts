import { InputError } from '../errors.ts'

const REASONS: Record<string, string> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file is larger than the system allows',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its symbolic links go round in a circle',
}

/** The code of a system error, such as ENOENT. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** A system error as an InputError in words: `probabilities.npy: cannot be written: no space left on the disk`. */
export function explained(error: unknown, name: string, problem: string): Error {
  const code = codeOf(error)
  if (code === undefined) return error as Error
  return new InputError(`${name}: ${problem}: ${REASONS[code] ?? (error as Error).message}`, { cause: error })
}

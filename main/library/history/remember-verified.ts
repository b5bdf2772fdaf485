import type { TarballFiles } from '../tarball-files.ts'
import type { VerifiedFile } from '../verify-files.ts'
import type { History } from './history.ts'

/** Notes that a tarball was read back; not of one that is gone or was never finished, which was not read. */
export async function rememberVerified(
  history: History,
  { ok, problems, readFrom }: VerifiedFile,
  { folder, name, files }: TarballFiles,
): Promise<void> {
  if (problems.some(({ kind }) => kind === 'missing-file' || kind === 'partial')) return
  const [problem] = problems
  await history.record(folder, {
    what: 'verified',
    ok,
    file: name,
    files,
    ...(readFrom && { readFrom }),
    ...(problem && { detail: problem.detail }),
  })
}

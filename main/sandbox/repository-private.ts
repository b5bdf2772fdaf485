import { sandboxOrg } from './keys.ts'
import type { SandboxRepository } from './repository.ts'
import { offer, simple } from './repository-others.ts'

/** What only keys of the org may see: one repository of the org itself, one of a team. */
export function privateRepositories(): SandboxRepository[] {
  return [
    owned('inspection', 'Inspection', [
      ['2024.1', '2024-02-02T02:02:02.002Z', simple('12.3')],
      ['2024.2', '2024-05-05T05:05:05.005Z', simple('12.4')],
    ]),
    owned('vision/defect-detector', 'Defect Detector', [
      ['0.9.1', '2024-03-03T03:03:03.003Z', simple('12.3')],
    ]),
  ]
}

function owned(
  name: string,
  displayName: string,
  tags: Parameters<typeof offer>[2],
): SandboxRepository {
  const offered = offer(`${sandboxOrg}/${name}`, displayName, tags)
  return { ...offered, publisher: 'Acme', isPublic: false }
}

import { AppError } from '../api/errors.ts'
import type { ReplicateOptions } from './replicate-options.ts'

/** Refuses what is not there yet, or not without something else, rather than pass over it. Throws AppError `usage`. */
export function refuseUnavailable(options: ReplicateOptions): void {
  if (options.registryUrl === undefined) {
    if (!options.exporter) {
      throw new AppError(
        'usage',
        '--no-exporter needs --registry-url: else nothing is to be done.',
        {
          hint: 'Leave it out to save tarballs.',
        },
      )
    }
    if (options.registryUsername ?? options.registryPassword) {
      throw new AppError(
        'usage',
        '--registry-username and --registry-password need --registry-url.',
      )
    }
  }
  if (!options.exporter && (options.withApp || options.withInstallers !== undefined)) {
    throw new AppError('usage', '--no-exporter writes to no drive, so nothing can be put there.', {
      hint: 'Leave out --with-app and --with-installers.',
    })
  }
  if (options.singularity) throw unavailable('--singularity is', 'Leave it out to save tarballs.')
  if (!options.remove && options.source !== 'docker') {
    throw new AppError('usage', '--no-remove belongs to --source docker.', {
      hint: 'Images are fetched without Docker: leave it out.',
    })
  }
  if (options.registryUrl !== undefined && options.source === 'docker') {
    throw new AppError(
      'usage',
      '--registry-url pushes what was published, which Docker does not keep.',
      {
        hint: 'Leave out --source docker, or push the saved tarballs afterwards (ngc-replicator push).',
      },
    )
  }
  if (options.site !== undefined && options.source === 'docker') {
    throw new AppError('usage', 'Docker pulls from nvcr.io itself, whatever --site says.', {
      hint: 'Leave out --site or --source docker.',
    })
  }
}

function unavailable(what: string, hint: string): AppError {
  return new AppError('usage', `${what} not available yet.`, { hint })
}

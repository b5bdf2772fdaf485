import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeCertificates } from '../../test/support/certificates.ts'
import { startRegistry } from '../../test/support/registry.ts'
import { compare } from '../compare.ts'
import { ours, skopeo, theLimit, type Contender } from '../contenders.ts'
import { oneBigAmongMany, plainImage } from '../images.ts'
import type { Section } from '../section.ts'
import { costTable } from '../table.ts'

const IMAGES = 16

/** Registry → tarball over TLS, which NGC speaks: one image, and many. The limit and skopeo do not check the certificate. */
export const tls: Section = async (bench) => {
  const { peers, scale, workFolder } = bench
  const { authority, server } = await makeCertificates()
  const authorityFile = join(workFolder, 'authority.pem')
  await writeFile(authorityFile, authority)
  const oursTrusting: Contender = {
    ...ours,
    command: (...parts) => [
      'env',
      `NODE_EXTRA_CA_CERTS=${authorityFile}`,
      ...ours.command(...parts),
    ],
  }
  const archive = skopeo('oci-archive')
  const installed = peers.some(({ name }) => name === archive.name) ? [archive] : []
  const registry = await startRegistry({ certificate: server, authority })
  try {
    const image = oneBigAmongMany('tls', 1200 * scale)
    await registry.push('bench/tls', image, '1')
    const digests = image.layers.map(({ descriptor }) => descriptor.digest)
    const limit = theLimit(digests, registry.address.origin, 'bench/tls')
    const one = await compare(
      bench,
      [oursTrusting, limit, ...installed],
      [`${registry.host}/bench/tls:1`],
    )
    const references: string[] = []
    for (let index = 0; index < IMAGES; index += 1) {
      const plain = plainImage(`tls ${index}`, 8, 8e6 * scale)
      await registry.push('bench/many', plain, `${index}`)
      references.push(`${registry.host}/bench/many:${index}`)
    }
    const many = await compare(bench, [oursTrusting, ...installed], references)
    return `## Over TLS

The same image as on the plain line:

${costTable(one.costs, one.outputBytes)}

${IMAGES} images of ${(64 * scale).toFixed(0)} MB:

${costTable(many.costs, many.outputBytes)}`
  } finally {
    await registry.stop()
  }
}

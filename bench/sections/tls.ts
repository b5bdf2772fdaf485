import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeCertificates } from '../../test/support/certificates.ts'
import { startRegistry } from '../../test/support/registry.ts'
import { compare } from '../compare.ts'
import { ours, skopeo, theLimit, withEnvironment, type Contender } from '../contenders.ts'
import { oneBigAmongMany, plainImage } from '../images.ts'
import { startConnectProxy, startLine } from '../line.ts'
import type { Section } from '../section.ts'
import { costTable } from '../table.ts'

const IMAGES = 16
/** In the registry's certificate; programs go to this machine without a proxy only where its address stands. */
const NAME = 'registry.test'

/** Registry → tarball over TLS, which NGC speaks: one image, and many. The limit and skopeo do not check the certificate. */
export const tls: Section = async (bench) => {
  const { peers, scale, workFolder } = bench
  const { authority, server } = await makeCertificates()
  const authorityFile = join(workFolder, 'authority.pem')
  await writeFile(authorityFile, authority)
  const oursTrusting = withEnvironment(ours, { NODE_EXTRA_CA_CERTS: authorityFile })
  const archive = skopeo('oci-archive')
  const installed = peers.some(({ name }) => name === archive.name) ? [archive] : []
  const contenders = [oursTrusting, ...installed]
  const registry = await startRegistry({ certificate: server, authority })
  const line = await startLine(registry.host, 'connection')
  const proxy = await startConnectProxy()
  const proxied = contenders.map((each) =>
    withEnvironment(each, { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: '', no_proxy: '' }),
  )
  const many = async (those: readonly Contender[], host: string): Promise<string> => {
    const references = Array.from({ length: IMAGES }, (_, index) => `${host}/bench/many:${index}`)
    const { costs, outputBytes } = await compare(bench, those, references)
    return costTable(costs, outputBytes)
  }
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
    for (let index = 0; index < IMAGES; index += 1)
      await registry.push('bench/many', plainImage(`tls ${index}`, 8, 8e6 * scale), `${index}`)
    return `## Over TLS

The same image as on the plain line:

${costTable(one.costs, one.outputBytes)}

${IMAGES} images of ${(64 * scale).toFixed(0)} MB:

${await many(contenders, registry.host)}

The same through a proxy's tunnels:

${await many(proxied, named(registry.host))}

The same through a proxy's tunnels, each of them limited to 25 MB/s:

${await many(proxied, named(line.host))}`
  } finally {
    await Promise.all([proxy.stop(), line.stop()])
    await registry.stop()
  }
}

function named(host: string): string {
  return `${NAME}:${host.split(':').at(-1)}`
}

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** PEM texts. */
export interface Certificate {
  readonly certificate: string
  readonly key: string
}

/** A certificate authority of our own and a certificate that it gave, made by openssl. */
export async function makeCertificates(
  names: readonly string[] = ['DNS:localhost', 'DNS:registry.test', 'IP:127.0.0.1'],
): Promise<{ authority: string; server: Certificate }> {
  const folder = await mkdtemp(join(tmpdir(), 'ngc-certificates-'))
  const openssl = (line: string): Promise<unknown> =>
    promisify(execFile)('openssl', line.split(' '), { cwd: folder })
  const curve = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
  try {
    await writeFile(join(folder, 'names'), `subjectAltName=${names.join(',')}\n`)
    await openssl(
      `req -x509 ${curve} -days 2 -subj /CN=Practice-Authority -keyout ca.key -out ca.pem`,
    )
    await openssl(`req ${curve} -subj /CN=practice -keyout server.key -out server.csr`)
    await openssl(
      'x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem',
    )
    const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
    return {
      authority: await read('ca.pem'),
      server: { certificate: await read('server.pem'), key: await read('server.key') },
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

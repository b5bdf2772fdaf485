import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { encodeHeader, END_BYTES, paddingAfter } from '../../main/archive/tar-header.ts'
import { createDriveFiles } from '../../main/drive-files/drive-files.ts'
import { inventory } from '../../main/library/inventory.ts'
import { helloProgram } from '../../main/sandbox/hello.ts'
import { makeImage, makeLayer, type MadeLayer } from '../../main/sandbox/image.ts'
import { openChecksums } from '../../main/state/checksums.ts'
import { startDocker } from '../support/engines.ts'
import { fatDrive } from '../support/fat-drive.ts'
import { amd64, blobsOf, writeImage } from '../support/made-tarball.ts'
import { describeWith } from '../support/parts.ts'

const GIB = 2 ** 30
const minutes = 60_000

/**
 * `npm run test:drives` takes 5 GiB, where the drive itself refuses to let a file grow: minutes through FUSE. `npm test` takes
 * a little, and a limit that is given, and loads it by load.sh as well.
 */
const isLarge = process.env['LARGE_DRIVES'] === 'true'
const layerBytes = isLarge ? 5 * GIB : 50_000_000
const maxFileSizeBytes = isLarge ? undefined : 20_000_000

const reference = 'nvcr.io/nvidia/large:24.01'

/** A layer that is no longer than it looks: a file of zeros in a plain tar, never in memory as a whole. */
function zeroLayer(sizeBytes: number): { layer: MadeLayer; open: () => Readable } {
  const zeros = Buffer.alloc(2 ** 20)
  const header = encodeHeader('zeros', sizeBytes, { mode: 0o644, modified: 0, type: '0' })
  function* pieces(): Generator<Uint8Array> {
    yield header
    for (let at = 0; at < sizeBytes; at += zeros.length) {
      yield zeros.subarray(0, Math.min(zeros.length, sizeBytes - at))
    }
    yield zeros.subarray(0, paddingAfter(sizeBytes) + END_BYTES)
  }
  const hash = createHash('sha256')
  let size = 0
  for (const piece of pieces()) {
    hash.update(piece)
    size += piece.length
  }
  const digest = `sha256:${hash.digest('hex')}` as const
  const mediaType = 'application/vnd.oci.image.layer.v1.tar'
  const descriptor = { mediaType, digest, size }
  return {
    layer: { descriptor, diffId: digest, bytes: new Uint8Array(), createdBy: 'zeros' },
    open: () => Readable.from(pieces(), { objectMode: false }),
  }
}

describeWith(['fusefat', 'mkfs.fat', 'docker', 'dockerd'], 'a FAT drive', () => {
  it(
    'takes an image that is too large for one file, and it loads, by hand and by load.sh',
    async () => {
      const drive = await fatDrive(layerBytes + (isLarge ? GIB : 50_000_000))
      const { layer, open } = zeroLayer(layerBytes)
      const bytes = helloProgram('amd64', 'carried across in parts')
      const program = makeLayer({ seed: 'large', files: { 'bin/hello': { bytes, mode: 0o755 } } })
      const image = makeImage({
        platform: amd64,
        layers: [program, layer],
        entrypoint: ['/bin/hello'],
      })
      const small = blobsOf({ layers: [program] })
      const { files } = await writeImage(drive, image, {
        reference,
        maxFileSizeBytes,
        openBlob: async (descriptor) =>
          descriptor.digest === layer.descriptor.digest ? open() : await small(descriptor),
      })
      const names = ['practice.tar.000', 'practice.tar.001', 'practice.tar.002']
      expect(files.map(({ name }) => name)).toEqual(names)
      expect((await stat(join(drive, 'practice.tar.000'))).size).toBeLessThanOrEqual(2 * GIB)

      const docker = await startDocker()
      try {
        const run = promisify(execFile)
        const env = { ...process.env, ...docker.env }
        await run('sh', ['-c', 'cat practice.tar.* | docker load'], { cwd: drive, env })
        const said = await docker.run('run', '--rm', '--network', 'none', reference)
        expect(said).toContain('carried across in parts')
        if (isLarge) return

        await docker.run('image', 'rm', '--force', reference)

        await openChecksums(drive).replace('practice.tar', files)
        await createDriveFiles(drive, await inventory(drive)).update()
        const { stdout } = await run('sh', [join(drive, 'load.sh')], { env })
        expect(stdout).toContain('1 loaded into docker, 0 failed.')
      } finally {
        await docker.stop()
      }
    },
    isLarge ? 30 * minutes : minutes,
  )
})

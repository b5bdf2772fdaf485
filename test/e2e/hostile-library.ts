import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { layoutTarball } from '../../main/archive/layout.ts'
import { writeTarball } from '../../main/archive/write.ts'
import { makeImage, makeLayer } from '../../main/sandbox/image.ts'
import { descriptionName } from '../../main/state/description.ts'
import { tarOf } from '../support/source.ts'

const script = '<img src=x onerror="window.hostile=1">'
const inline = '<script>window.hostile=1</script>'

/** A folder in which every text that a stranger may choose tries to run. */
export async function writeHostileLibrary(
  folder: string,
): Promise<{ script: string; fileName: string; label: string }> {
  const layer = makeLayer({ seed: 'hostile', sizeBytes: 2000, createdBy: `RUN ${script}` })
  const image = makeImage({
    platform: { os: 'linux', architecture: 'amd64' },
    layers: [layer],
    env: [`HOSTILE=${inline}`],
    entrypoint: [script],
    cmd: [inline],
    labels: { [script]: inline },
  })
  const layout = layoutTarball(
    { ...image, layers: [layer.descriptor], extras: [] },
    'nvcr.io/nvidia/practice:24.05',
  )
  const openBlob = async () => await Promise.resolve(Readable.from([layer.bytes]))
  const { signal } = new AbortController()
  await writeTarball({ layout, folder, name: 'practice.tar', openBlob }, signal)
  const description = `# A harmless word\n\n${inline}\n\n${script}\n\n[a link](javascript:window.hostile=1)\n\n<iframe src="javascript:parent.hostile=1"></iframe>\n`
  await writeFile(join(folder, descriptionName('nvidia/practice')), description)
  const fileName = '<img src=x onerror="window.hostile=1">.tar'
  await writeFile(join(folder, fileName), tarOf({ [script]: inline, [inline]: script }))
  return { script, fileName, label: inline }
}

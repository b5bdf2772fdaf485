import { describe, expect, it } from 'vitest'
import { engineEvents } from '../../main/docker/events.ts'
import { followLayers } from '../../main/docker/pull.ts'
import type { Descriptor } from '../../main/registry/manifest.ts'

async function* answer(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk)
}

async function read(...chunks: string[]): Promise<unknown[]> {
  const events: unknown[] = []
  for await (const event of engineEvents(answer(...chunks), 'Docker 1')) events.push(event)
  return events
}

describe('what an engine tells while it works', () => {
  it('is read line by line, however the bytes were cut', async () => {
    expect(await read('{"status":"on', 'e"}\r\n{"stream":"two\\n"}\n\n{"status":"three"}')).toEqual(
      [{ status: 'one' }, { stream: 'two\n' }, { status: 'three' }],
    )
  })

  it('passes over what is not JSON', async () => {
    expect(await read('hello\n{"status":"one"}\n')).toEqual([{ status: 'one' }])
  })

  it('ends in an error that it tells after its 200', async () => {
    await expect(
      read('{"status":"one"}\n{"errorDetail":{"message":"no such manifest"},"error":"x"}\n'),
    ).rejects.toThrow('Docker 1 refused it: no such manifest.')
  })

  it('tells a full disk apart', async () => {
    await expect(read('{"error":"write /x: no space left on device"}')).rejects.toMatchObject({
      code: 'no-space',
    })
  })
})

describe('the progress of a pull', () => {
  const layers = [layer('a', 1000), layer('b', 500), layer('b', 500)]

  it('adds up the layers by the sizes of the manifest, each once', () => {
    const follow = followLayers(layers)
    expect(follow({ status: 'Pulling from acme/hello' })).toMatchObject({
      pulledBytes: 0,
      totalBytes: 1500,
    })
    const id = 'a'.repeat(12)
    const progress = follow({ id, status: 'Downloading', progressDetail: { current: 400 } })
    expect(progress.pulledBytes).toBe(400)
    expect(follow({ id: 'b'.repeat(12), status: 'Already exists' }).pulledBytes).toBe(900)
    expect(follow({ id, status: 'Download complete' }).pulledBytes).toBe(1500)
    expect(
      follow({ id, status: 'Extracting', progressDetail: { current: 10 } }).layers,
    ).toMatchObject([{ state: 'extracting' }, { state: 'held' }])
    expect(follow({ id, status: 'Pull complete' }).layers[0]?.state).toBe('done')
  })

  it('never tells more than a layer has', () => {
    const follow = followLayers(layers)
    const id = 'a'.repeat(12)
    const told = follow({ id, status: 'Downloading', progressDetail: { current: 9999 } })
    expect(told.pulledBytes).toBe(1000)
  })
})

function layer(digit: string, size: number): Descriptor {
  return { mediaType: '', digest: `sha256:${digit.repeat(64)}`, size }
}

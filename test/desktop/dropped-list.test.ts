import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readDroppedList } from '../../main/desktop/dropped-list.ts'
import { temporaryFolder } from '../support/desktop.ts'

let home: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  home = temporaryFolder()
})
afterEach(() => {
  home.remove()
})

async function drop(
  content: string | Uint8Array,
  name = 'dropped',
): ReturnType<typeof readDroppedList> {
  const path = join(home.path, name)
  await writeFile(path, content)
  return await readDroppedList(path)
}

describe('a file that is dropped on the catalogue', () => {
  it('is a list of images', async () => {
    const image = { reference: 'nvcr.io/nvidia/pytorch:24.05-py3', platform: 'linux/arm64' }
    expect(await drop(JSON.stringify({ version: 1, images: [image] }))).toEqual({ images: [image] })
  })

  it('is a text, to be looked through', async () => {
    const text = '# wanted\r\nnvidia/pytorch:24.05-py3\n'
    expect(await drop(text)).toEqual({ text })
  })

  it.each([
    ['other JSON', '{"images": 7}', 'dropped is not a list of images.'],
    ['JSON that is cut off', '{"images": [', 'dropped is not a list of images.'],
    ['a tarball', Buffer.alloc(10_240), 'dropped is no list.'],
    ['a picture', Buffer.from('89504e470d0a1a0a', 'hex'), 'dropped is no list.'],
    ['a book', 'a line\n'.repeat(40_000), 'dropped is too long for a list of references.'],
  ])('is %s, and refused in words', async (_name, content, message) => {
    await expect(drop(content)).rejects.toMatchObject({ code: 'usage', message })
  })

  it('may be a folder, or gone', async () => {
    await mkdir(join(home.path, 'images'))
    await expect(readDroppedList(join(home.path, 'images'))).rejects.toMatchObject({
      code: 'usage',
      message: 'images is no list.',
      hint: expect.stringContaining('library'),
    })
    await expect(readDroppedList(join(home.path, 'gone'))).rejects.toMatchObject({
      message: 'gone cannot be read.',
    })
  })
})

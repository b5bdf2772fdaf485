import { expect, test } from 'vitest'
import { AppError } from '../../../main/api/errors.ts'
import { packError, unpackError } from '../../../main/desktop/saving/packed-error.ts'
import { FolderOccupied } from '../../../main/disk/lock.ts'
import { isOfTheLine, NetworkError, StatusError } from '../../../main/net/failure.ts'

/** As it comes out of another thread. */
const sent = (error: unknown): Error => unpackError(structuredClone(packError(error)))

test('an expected failure keeps its words, its code and its way out', () => {
  const found = sent(new AppError('no-space', 'The drive is full.', { hint: 'Free some space.' }))
  expect(found).toBeInstanceOf(AppError)
  expect(found).toMatchObject({
    code: 'no-space',
    message: 'The drive is full.',
    hint: 'Free some space.',
  })
  expect(sent(new StatusError(404, 'It is not there.'))).toMatchObject({ code: 'not-found' })
})

test('what is of the line stays so, and what is not does not become it', () => {
  expect(isOfTheLine(sent(new NetworkError('reset', 'The line broke.')))).toBe(true)
  expect(isOfTheLine(sent(new NetworkError('certificate', 'It is not trusted.')))).toBe(false)
})

test('a folder that another process has is still known as that', () => {
  expect(sent(new FolderOccupied('destination', 'Another run is writing.'))).toBeInstanceOf(
    FolderOccupied,
  )
})

test('a mistake keeps its stack for the log, and is no expected failure', () => {
  const mistake = new TypeError('undefined is not a function')
  const found = sent(mistake)
  expect(found).not.toBeInstanceOf(AppError)
  expect(found.stack).toBe(mistake.stack)
  expect(sent('thrown text').message).toBe('thrown text')
})

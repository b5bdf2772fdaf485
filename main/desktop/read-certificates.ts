import { X509Certificate, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { AppError, messageOf } from '../api/errors.ts'
import type { Kept } from './kept.ts'

/** The certificates of one PEM file. Throws AppError `usage` for a file that holds none, or one that cannot be read. */
export async function readCertificates(
  path: string,
): Promise<Kept['settings']['extraCertificates']> {
  const name = basename(path)
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('usage', `${name} cannot be read: ${messageOf(cause)}.`, { cause })
  })
  const blocks = text.length > 4_000_000 ? [] : (text.match(BLOCK) ?? [])
  if (blocks.length === 0) {
    throw new AppError('usage', `${name} holds no PEM certificate.`, {
      hint: 'The file must have lines that begin with -----BEGIN CERTIFICATE-----.',
    })
  }
  return blocks.map((pem) => ({ id: randomUUID(), name, subject: subjectOf(pem, name), pem }))
}

function subjectOf(pem: string, name: string): string {
  try {
    return new X509Certificate(pem).subject.replaceAll('\n', ', ')
  } catch (cause) {
    throw new AppError('usage', `${name} holds a certificate that cannot be read.`, { cause })
  }
}

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

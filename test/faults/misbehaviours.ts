import { setTimeout as wait } from 'node:timers/promises'
import type { Misbehave } from './line.ts'

export const refuseToTalk: Misbehave = (response) => response.socket?.resetAndDestroy()

export const staySilent: Misbehave = () => undefined

/** The beginning of the body, then nothing more, on a line that stays. */
export const stall: Misbehave = (response, { status, headers, body }) => {
  response.writeHead(status, headers).write(beginning(body))
}

/** A byte now and then, and never an end. */
export const trickle: Misbehave = (response, { status, headers, body }) => {
  let at = 0
  response.writeHead(status, headers)
  const timer = setInterval(() => response.write(body.subarray(at, ++at)), 50)
  response.once('close', () => clearInterval(timer))
}

/** The beginning of the body, then the end of the connection. */
export const truncate: Misbehave = (response, { status, headers, body }) => {
  response.writeHead(status, headers).write(beginning(body), () => response.socket?.end())
}

/** The beginning of the body, then a reset. */
export const reset: Misbehave = async (response, right) => {
  await sendBeginning(response, right)
  response.socket?.resetAndDestroy()
}

/** Resolves when it has arrived: a reset overtakes what is on its way. */
export const sendBeginning: Misbehave = async (response, { status, headers, body }) => {
  await new Promise((sent) => {
    response.writeHead(status, headers).write(beginning(body), sent)
  })
  await wait(20)
}

/** The beginning of the body, as if that were all. */
export const endEarly: Misbehave = (response, { status, headers, body }) => {
  const { 'content-length': _length, ...rest } = headers
  response.writeHead(status, rest).end(beginning(body))
}

export const tellWrongLength: Misbehave = (response, { status, headers, body }) => {
  response.writeHead(status, { ...headers, 'content-length': body.length - 1 })
  response.end(body.subarray(1))
}

export const flip: Misbehave = (response, { status, headers, body }) => {
  response.writeHead(status, headers).end(body.with(1000, (body[1000] ?? 0) ^ 1))
}

export const recompress: Misbehave = (response, { status, headers, body }) => {
  response.writeHead(status, { ...headers, 'content-encoding': 'gzip' }).end(body)
}

/** `Content-Range` tells of a place one byte further on. */
export const shiftRange: Misbehave = (response, { headers, body }) => {
  const told = String(headers['content-range'])
  const wrong = told.replace(/\d+/, (first) => `${Number(first) + 1}`)
  response.writeHead(206, { ...headers, 'content-range': wrong }).end(body)
}

/** All of it, with 200, whatever was asked for. */
export const answerWhole: Misbehave = async (response, { headers, whole }) => {
  const body = await whole()
  const { 'content-range': _range, ...rest } = headers
  response.writeHead(200, { ...rest, 'content-length': body.length }).end(body)
}

export const omitRange: Misbehave = (response, { headers, body }) => {
  const { 'content-range': _range, ...rest } = headers
  response.writeHead(206, rest).end(body)
}

export const answer =
  (status: number, headers: Record<string, string> = {}): Misbehave =>
  (response) =>
    response.writeHead(status, headers).end()

/** Enough to count as progress. */
function beginning(body: Buffer): Buffer {
  return body.subarray(0, 80_000)
}

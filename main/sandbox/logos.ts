import type { Answer } from './answer.ts'

/** Where the catalogue at `origin` has the logo of a repository; some have none, and one names what is not there. */
export function logoAddress(origin: string, path: string): string | undefined {
  return path in marks || path === missing ? `${origin}/logos/${path}.svg` : undefined
}

/** A plain drawing, as publishers have them: of any size, with a ground or without. */
export function logoAnswer(pathname: string): Answer {
  const mark = marks[pathname.slice('/logos/'.length).replace(/\.svg$/, '')]
  if (mark === undefined) return { status: 404 }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64">${mark}</svg>`
  return { status: 200, headers: { 'content-type': 'image/svg+xml' }, body: Buffer.from(svg) }
}

const missing = 'nvidia/digits'

const stroke = (colour: string, path: string): string =>
  `<path d="${path}" fill="none" stroke="${colour}" stroke-width="7" stroke-linecap="round" stroke-linejoin="round"/>`

const marks: Readonly<Record<string, string>> = {
  'nvidia/cuda': stroke('#3b7a57', 'M14 20h36M14 32h36M14 44h36'),
  'nvidia/pytorch': stroke('#c8553d', 'M32 8v24M20 18a18 18 0 1 0 24 0'),
  'nvidia/tensorflow': stroke('#c98a1b', 'M12 16h40M32 16v36M32 34h14'),
  'nvidia/tensorrt': `<rect width="64" height="64" fill="#22333b"/>${stroke('#eae0d5', 'M16 44l12-24 8 16 12-16')}`,
  'nvidia/tritonserver': stroke('#3a5ba0', 'M14 14v12q0 10 18 10t18-10V14M32 12v42'),
  'nvidia/isaac-sim': stroke(
    '#7a4f9a',
    'M32 10l20 11v22L32 54 12 43V21zM12 21l20 11 20-11M32 32v22',
  ),
}

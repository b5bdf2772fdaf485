import { isIPv4 } from 'node:net'

/** This computer itself: `localhost` and what is below it, 127.0.0.0/8, `[::1]`. Takes a URL's host name. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    hostname === '::1' ||
    (isIPv4(hostname) && hostname.startsWith('127.'))
  )
}

const hosts = new Set(['catalog.ngc.nvidia.com', 'ngc.nvidia.com', 'docs.nvidia.com', 'github.com'])

/** The address as the browser of the system may get it, or undefined: https, a listed host, nothing hidden. */
export function outsideAddress(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  const plain = url.username === '' && url.password === '' && url.port === ''
  return url.protocol === 'https:' && plain && hosts.has(url.hostname) ? url.href : undefined
}

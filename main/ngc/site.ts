/** Where one NGC is: base addresses of its services, without a trailing slash in their path. */
export interface Site {
  readonly catalog: URL
  readonly auth: URL
  readonly registry: URL
  readonly dgx: URL
  /** The host that stands in references for this site's registry: `nvcr.io`; by default the registry's own host. */
  readonly registryName: string
}

/** NVIDIA's own. */
export const publicSite: Site = {
  catalog: new URL('https://api.ngc.nvidia.com'),
  auth: new URL('https://authn.nvidia.com'),
  registry: new URL('https://nvcr.io'),
  dgx: new URL('https://compute.nvidia.com'),
  registryName: 'nvcr.io',
}

/** A path below a service's base address, which may itself have a path: `https://proxy.example/ngc` + `/v2/orgs`. */
export function endpoint(
  base: URL,
  path: string,
  query: Readonly<Record<string, string>> = {},
): URL {
  const address = new URL(base)
  address.pathname = base.pathname.replace(/\/+$/, '') + path
  for (const [name, value] of Object.entries(query)) address.searchParams.append(name, value)
  return address
}

/** Where one NGC is: base addresses of its services, without a trailing slash. */
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

import type { Digest } from './reference.ts'

/**
 * Tags that carry signatures, attestations, bills of material or referrers of an image, and are none themselves:
 * cosign's `sha256-<hex>.sig|.att|.sbom|.vex` and the fallback `sha256-<hex>` of OCI distribution 1.1, “Referrers Tag Schema”.
 */
export function isSignatureTag(tag: string): boolean {
  return /^sha256-[0-9a-f]{64}(?:\.[a-z]+)?$/.test(tag)
}

/** Where cosign keeps the signatures of a manifest. */
export function signatureTagOf(digest: Digest): string {
  return `${digest.replace(':', '-')}.sig`
}

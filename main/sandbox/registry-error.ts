import { json, type Answer } from './answer.ts'

/** OCI distribution specification 1.1, "Error Codes". */
export function registryError(
  status: number,
  code: string,
  message = code.toLowerCase(),
  headers: Record<string, string> = {},
): Answer {
  return json(status, { errors: [{ code, message, detail: null }] }, headers)
}

import { expect, test } from 'vitest'
import { outsideAddress } from '../../main/electron/outside.ts'

test.each([
  'https://catalog.ngc.nvidia.com/orgs/nvidia/containers/pytorch',
  'https://ngc.nvidia.com/setup/api-key',
  'https://docs.nvidia.com/ngc/',
  'https://github.com/NVIDIA',
])('%s opens in the browser', (address) => {
  expect(outsideAddress(address)).toBe(address)
})

test.each([
  'http://github.com/',
  'https://github.com.example.com/',
  'https://example.com/https://github.com/',
  'https://github.com@example.com/',
  'https://user:secret@github.com/',
  'https://github.com:8443/',
  'https://raw.github.com/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'smb://github.com/share',
  'github.com',
  '',
])('%s does not', (address) => {
  expect(outsideAddress(address)).toBeUndefined()
})

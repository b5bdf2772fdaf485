import { expect, test } from 'vitest'
import { explainRequirement, fitnessOf, parseDriver } from '../../main/library/driver.ts'

const requires =
  'cuda>=12.4 brand=tesla,driver>=470,driver<471 brand=unknown,driver>=470,driver<471 brand=tesla,driver>=535,driver<536'

const header = `
+---------------------------------------------------------------------------------------+
| NVIDIA-SMI 535.104.05             Driver Version: 535.104.05   CUDA Version: 12.2     |
|-----------------------------------------+----------------------+----------------------+
|   0  NVIDIA GeForce RTX 3090        On  | 00000000:01:00.0 Off |                  N/A |
+---------------------------------------------------------------------------------------+`

test('a requirement is a sentence about the driver', () => {
  expect(explainRequirement(requires)).toBe(
    'Needs an NVIDIA driver for CUDA 12.4, that is 550.54.14 or later on Linux; on data centre cards also one of the branches 470, 535.',
  )
  expect(explainRequirement('cuda>=9.0')).toBe(
    'Needs an NVIDIA driver for CUDA 9.0, that is 384.81 or later on Linux.',
  )
  expect(explainRequirement('')).toBeUndefined()
})

test('a driver is read from what nvidia-smi prints and from what the kernel module says', () => {
  expect(parseDriver(header)).toEqual({ version: '535.104.05', cuda: '12.2', brand: 'geforce' })
  expect(
    parseDriver(
      'NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.14  Thu Feb 22 01:44:30 UTC 2024',
    ),
  ).toEqual({ version: '550.54.14' })
  expect(
    parseDriver('NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.26  Release Build'),
  ).toEqual({ version: '570.26' })
  expect(parseDriver('command not found')).toBeUndefined()
})

test('a driver that brings the CUDA that is asked for meets it', () => {
  expect(fitnessOf({ requires }, { version: '550.54.14' }).verdict).toBe('meets')
  expect(fitnessOf({ requires }, { version: '999.1', cuda: '13.0' }).verdict).toBe('meets')
})

test('an older branch is enough on data centre cards only', () => {
  expect(
    fitnessOf({ requires }, { version: '535.104.05', cuda: '12.2', brand: 'tesla' }).verdict,
  ).toBe('meets')
  expect(fitnessOf({ requires }, { version: '535.104.05', cuda: '12.2' })).toEqual({
    verdict: 'depends',
    why: 'Driver 535.104.05, which brings CUDA 12.2, is enough on data centre cards only.',
  })
  expect(fitnessOf({ requires }, parseDriver(header)!)).toEqual({
    verdict: 'fails',
    why: 'Driver 535.104.05, which brings CUDA 12.2, does not give CUDA 12.4, which it asks for. It needs driver 550.54.14 or later.',
  })
})

test('without a requirement the CUDA that the image was built with stands for it', () => {
  const driver = { version: '450.80.02' }
  expect(fitnessOf({ cudaVersion: '11.0.3' }, driver).verdict).toBe('meets')
  expect(fitnessOf({ cudaVersion: '12.1.0' }, driver).verdict).toBe('fails')
  expect(fitnessOf({}, driver)).toEqual({ verdict: 'meets', why: 'It asks for no driver.' })
})

test('words that are no condition are passed over, however many they are', () => {
  expect(explainRequirement('rm -rf / ; cuda>=x.y,,, ='.repeat(5000))).toBeTypeOf('string')
  expect(explainRequirement('nonsense')).toBeUndefined()
})

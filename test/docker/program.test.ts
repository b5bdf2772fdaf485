import { expect, test } from 'vitest'
import { runProgram } from '../../main/docker/program.ts'

test('what a program says is told in whole lines, however it comes', async () => {
  const said: string[] = []
  const script =
    'printf "Copying blob" >&2; sleep 0.1; printf " abc\\nWriting" >&2; sleep 0.1; printf " manifest" >&2; echo done'
  const printed = await runProgram('sh', ['-c', script], {
    engine: 'Podman 4',
    said: (line) => said.push(line),
  })
  expect(printed).toBe('done\n')
  expect(said).toEqual(['Copying blob abc', 'Writing manifest'])
})

test('a program that fails is told with its last two lines', async () => {
  const failing = ended('echo one >&2; echo two >&2; echo "three:" >&2; exit 3')
  await expect(failing).rejects.toThrow('Podman 4 refused it: two three.')
  await expect(ended('exit 3')).rejects.toThrow('Podman 4 refused it: it ended with 3.')
  await expect(ended('kill -KILL $$')).rejects.toThrow('Podman 4 was ended (SIGKILL).')
})

const ended = (script: string): Promise<string> =>
  runProgram('sh', ['-c', script], { engine: 'Podman 4' })

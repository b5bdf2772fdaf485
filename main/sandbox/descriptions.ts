/*
 * Descriptions as catalogue pages have them: markdown with headings, lists, code, tables and links. Written for the
 * sandbox; they say so, since a practice image must not be taken for the real one.
 */

const practice =
  '> **Practice image.** This repository is part of the built-in sample catalogue. Its layers hold noise of a few ' +
  'hundred kilobytes and one small program that says hello.\n'

export const cudaDescription = `# CUDA

${practice}
CUDA images come in three flavours, each built on the one before:

| flavour | holds |
|---|---|
| \`base\` | the CUDA runtime |
| \`runtime\` | the mathematics and communication libraries too |
| \`devel\` | headers and tools to build with |

## Run it

\`\`\`sh
docker run --rm nvcr.io/nvidia/cuda:12.4.1-base-ubuntu22.04
\`\`\`

All tags are for \`linux/amd64\` and \`linux/arm64\`.
`

export function frameworkDescription(name: string, displayName: string, about: string): string {
  return `# ${displayName}

${practice}
${about}

## Tags

One image a month, named *YY.MM-variant*: \`24.05-py3\` is that of May 2024.

1. Choose the month that your driver can run.
2. Choose the variant: \`py3\` means Python 3.

## Run it

\`\`\`sh
docker run --gpus all --rm nvcr.io/nvidia/${name}:24.05-py3
\`\`\`

See the [support matrix](https://docs.nvidia.com/deeplearning/frameworks/support-matrix/index.html).
`
}

export function plainDescription(path: string, displayName: string): string {
  return `# ${displayName}

${practice}
Pull it as \`nvcr.io/${path}\`.

- [x] can be listed, copied, verified and loaded
- [ ] does anything useful
`
}

/** What an image says of CUDA. */
export interface ImageCuda {
  /** That it was built with. */
  readonly version?: string
  /** `NVIDIA_REQUIRE_CUDA`, as it stands there. */
  readonly requires?: string
}

/** NVIDIA's container toolkit reads these two from the environment of an image. */
export function cudaOf(env: readonly string[]): ImageCuda | undefined {
  const value = (name: string): string | undefined =>
    env.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1)
  const version = value('CUDA_VERSION')
  const requires = value('NVIDIA_REQUIRE_CUDA')
  if (version === undefined && requires === undefined) return undefined
  return { ...(version !== undefined && { version }), ...(requires !== undefined && { requires }) }
}

// Both packages come without types. What is said here is what scripts/package/linux.ts uses.
declare module 'electron-installer-debian' {
  export { Installer } from 'electron-installer-common-shape'
}

declare module 'electron-installer-redhat' {
  export { Installer } from 'electron-installer-common-shape'
}

declare module 'electron-installer-common-shape' {
  export class Installer {
    constructor(given: {
      src: string
      dest: string
      arch: string
      rename: (folder: string) => string
      logger: (line: string) => void
      options: Record<string, unknown>
    })
    defaults: Record<string, unknown>
    options: { packagePaths: string[] }
    stagingDir: string
    baseAppDir: string
    generateDefaults(): Promise<unknown>
    generateOptions(): unknown
    createStagingDir(): Promise<void>
    createContents(): Promise<void>
    createPackage(): Promise<void>
    movePackage(): Promise<void>
  }
}

// Both packages come without types; these are the options that scripts/package/linux.ts gives.
declare module 'electron-installer-debian' {
  export default function createPackage(options: {
    src: string
    dest: string
    arch: string
    options: Record<string, unknown>
  }): Promise<{ packagePaths: string[] }>
}

declare module 'electron-installer-redhat' {
  export default function createPackage(options: {
    src: string
    dest: string
    arch: string
    options: Record<string, unknown>
  }): Promise<{ packagePaths: string[] }>
}

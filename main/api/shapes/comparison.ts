export type ComparedImage = { reference: string; platform: string; digest?: string }

/** What one side lacks of what the other wants; swapping the sides makes what is missing extra. */
export type Comparison = {
  id: string
  /** For people. */
  wanted: string
  found: string
  differences: (
    | { kind: 'missing'; wanted: ComparedImage }
    | { kind: 'differs'; wanted: ComparedImage; found: ComparedImage }
    | { kind: 'extra'; found: ComparedImage }
  )[]
}

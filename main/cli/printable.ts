/** A text from outside made harmless for a terminal: control characters and escapes become a visible mark. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, '\u{FFFD}')
}

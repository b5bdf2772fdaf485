/** A text from outside made harmless for a terminal or a page: control characters, escapes and marks that reorder text become a visible mark. */
export function printable(text: string): string {
  return text.replaceAll(HARMFUL, '\u{FFFD}')
}

/** JSON in one line, without any of them either: those that JSON lets through are escaped, so that nothing is lost. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    HARMFUL,
    (sign) => String.raw`\u` + (sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0'),
  )
}

const HARMFUL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu

/** A text from outside made harmless for a terminal or a page: control characters, escapes and marks that reorder text become a visible mark. */
export function printable(text: string): string {
  return text.replaceAll(HARMFUL, '\u{FFFD}')
}

/** JSON without any of them either: those that JSON lets through are escaped, so that nothing is lost. */
export function printableJson(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replaceAll(
    HARMFUL_IN_JSON,
    (sign) => String.raw`\u` + (sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0'),
  )
}

const HARMFUL = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu
/** Only the lines of the document itself end: those in its texts are escaped already. */
const HARMFUL_IN_JSON = /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu

/** Text as it may be kept, committed to and exported: no control characters, no half characters. */
export function storable(text: string): string {
  if (!/[\p{Cc}\p{Surrogate}]/u.test(text)) return text;
  return text.replace(/\p{Cc}/gu, " ").replace(/\p{Surrogate}/gu, "\uFFFD");
}

/** At most so many characters (code points) from the beginning of a text. */
export function beginningOf(text: string, most: number): string {
  return text.length <= most ? text : [...text].slice(0, most).join("");
}

/**
 * Shows what would otherwise work unseen: direction controls, zero-width and other invisible
 * characters, as `⟨U+202E⟩`. Line breaks become spaces; what marks a symbol as an emoji stays.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{DI}\u2028\u2029]/gu, (character) => {
    if (/[\t\n\r\u2028\u2029]/.test(character)) return " ";
    if (/[\uFE0E\uFE0F]/.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

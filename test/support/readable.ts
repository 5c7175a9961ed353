/**
 * Faults of texts: a sentence that ends twice, and a time that a space has split (chats make emoji
 * of what is between colons).
 */
export function unreadableIn(text: string): readonly string[] {
  return [
    ...(/(?<!\.)\.\.(?!\.)/.test(text) ? [`a sentence ends twice: ${text}`] : []),
    ...(/(?<![-\d])\d\d: [0-5]\d(?!\d)/.test(text) ? [`a time is parted: ${text}`] : []),
  ];
}

/** The same of every text in a payload. */
export function unreadableWithin(payload: unknown): readonly string[] {
  if (typeof payload === "string") return unreadableIn(payload);
  if (typeof payload !== "object" || payload === null) return [];
  return Object.values(payload).flatMap(unreadableWithin);
}

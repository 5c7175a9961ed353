/** Text as it may be kept, committed to and exported: no control characters, no half characters. */
export function storable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ").replace(/\p{Surrogate}/gu, "\uFFFD");
}

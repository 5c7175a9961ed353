/** Text as it may be kept, committed to and exported: no control characters, no half characters. */
export const storable = (text: string): string =>
  text.replace(/\p{Cc}/gu, " ").replace(/\p{Surrogate}/gu, "\uFFFD");

/** Bodies that were too large to be kept: their beginning is stored, and how large they were. */

/** Not a valid header name, so that no sender can set it. */
const attribute = "too large";

/** What is kept beside the beginning of a body of so many bytes. */
export function sizeOf(bytes: number): Readonly<Record<string, string>> {
  return {
    [attribute]: String(bytes),
  };
}

/**
 * "too large: alertmanager sent 1.4 MB" of a delivery that was cut off, with what is left of it;
 * null of any other.
 */
export function tooLarge({
  source,
  attributes,
}: {
  readonly source: string;
  readonly attributes: Readonly<Record<string, string>>;
}): string | null {
  const bytes = Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined;
  return bytes === undefined
    ? null
    : `too large: ${source} sent ${megabytes(Number(bytes))} MB, and at most 1 MiB is read. What it says is not known; only its beginning is kept`;
}

const megabytes = (bytes: number): string => (bytes / 1_000_000).toFixed(1);

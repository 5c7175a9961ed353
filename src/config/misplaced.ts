const itsOwn = "HOLDPOINT_LOG_KEY";

/** How an Ed25519 key begins in PKCS #8, in base64 and in hex, and what a PEM says of itself. */
const isKey = (value: string): boolean =>
  value.includes("MC4CAQAwBQYDK2Vw") ||
  value.toLowerCase().includes("302e020100300506032b6570") ||
  value.includes("PRIVATE KEY-----");

/**
 * Settings that hold the log's key in place of what they are for: as a name or a path it would be
 * printed, signed or published.
 */
export function misplacedKeys(
  given: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return Object.entries(given).flatMap(([name, value = ""]) =>
    name !== itsOwn && isKey(value)
      ? [`${name} holds a private key: that belongs in ${itsOwn}.`]
      : [],
  );
}

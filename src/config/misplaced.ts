const itsOwn = "HOLDPOINT_LOG_KEY";
const theNext = "HOLDPOINT_LOG_KEY_NEXT";

/**
 * Whether a value is an Ed25519 key: how it begins in PKCS #8, in base64 and in hex, and the PEM
 * header.
 */
const isKey = (value: string): boolean =>
  value.includes("MC4CAQAwBQYDK2Vw") ||
  value.toLowerCase().includes("302e020100300506032b6570") ||
  value.includes("PRIVATE KEY-----");

/**
 * Settings that contain the log's key by mistake: as a name or a path it would be printed, signed
 * or published.
 */
export function misplacedKeys(
  given: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  return Object.entries(given).flatMap(([name, value = ""]) =>
    name !== itsOwn && name !== theNext && isKey(value)
      ? [`${name} holds a private key: that belongs in ${itsOwn}.`]
      : [],
  );
}

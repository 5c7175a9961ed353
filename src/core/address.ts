/**
 * Addresses of the internet, and which of them are public. Ranges: the IANA special-purpose
 * registries (https://www.iana.org/assignments/iana-ipv4-special-registry, …ipv6-special-registry).
 */

/** An address as a number. An IPv6 address that carries an IPv4 one is the IPv4 one. */
interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** A block of addresses that begin alike. */
export interface Range {
  readonly first: Address;
  readonly prefix: number;
}

/** Whether an address is reachable by everybody; everything else may be a neighbour of ours. */
export function isPublic(text: string): boolean {
  const address = addressOf(text);
  if (address === null) return false;
  return address.bits === 32
    ? !isIn(address, special4)
    : isIn(address, global6) && !isIn(address, special6);
}

/** Whether an address is one of these blocks. */
export function isAmong(text: string, ranges: readonly Range[]): boolean {
  const address = addressOf(text);
  return address !== null && isIn(address, ranges);
}

/** `10.0.4.7` or `10.0.4.0/24`, `fd00::/8`; null where it is neither. */
export function rangeOf(text: string): Range | null {
  const [start = "", length, ...more] = text.split("/");
  const first = addressOf(start);
  if (first === null || more.length > 0) return null;
  if (length === undefined) return { first, prefix: first.bits };
  const prefix = Number(length);
  return /^\d{1,3}$/.test(length) && prefix <= first.bits ? { first, prefix } : null;
}

const isIn = (address: Address, ranges: readonly Range[]): boolean =>
  ranges.some(
    ({ first, prefix }) =>
      first.bits === address.bits && start(first, prefix) === start(address, prefix),
  );

const start = ({ bits, value }: Address, prefix: number): bigint => value >> BigInt(bits - prefix);

/**
 * An address as written by anybody; null where it is none. A zone (`fe80::1%eth0`) makes it none.
 */
function addressOf(text: string): Address | null {
  const four = value4(text);
  if (four !== null) return { bits: 32, value: four };
  const six = value6(text);
  if (six === null) return null;
  const carried = carriers.some((prefix) => six >> 32n === prefix);
  return carried ? { bits: 32, value: six & 0xffff_ffffn } : { bits: 128, value: six };
}

/**
 * ::ffff:a.b.c.d (RFC 4291 §2.5.5.2) and 64:ff9b::a.b.c.d (RFC 6052): who connects to these reaches
 * the IPv4 address inside.
 */
const carriers = [0xffffn, 0x64_ff9bn << 64n];

function value4(text: string): bigint | null {
  if (!/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)) return null;
  const parts = text.split(".").map(BigInt);
  return parts.some((part) => part > 255n) ? null : joined(parts, 8n);
}

function value6(text: string): bigint | null {
  const [, before = "", tail = ""] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text) ?? [];
  const four = value4(tail);
  if (tail !== "" && four === null) return null;
  const plain =
    four === null
      ? text
      : `${before}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`;
  const halves = plain.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const [left = [], right = []] = halves;
  const missing = 8 - left.length - right.length;
  const isWhole = halves.length === 1 ? missing === 0 : halves.length === 2 && missing > 0;
  const groups = [...left, ...Array.from({ length: Math.max(0, missing) }, () => "0"), ...right];
  if (!isWhole || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return null;
  return joined(
    groups.map((group) => BigInt(`0x${group}`)),
    16n,
  );
}

const joined = (parts: readonly bigint[], bits: bigint): bigint =>
  parts.reduce((all, part) => (all << bits) | part, 0n);

const ranges = (...texts: readonly string[]): readonly Range[] =>
  texts.flatMap((text) => rangeOf(text) ?? []);

const special4 = ranges(
  "0.0.0.0/8", // this network
  "10.0.0.0/8", // private
  "100.64.0.0/10", // behind a carrier's NAT; cloud metadata of some
  "127.0.0.0/8", // loopback
  "169.254.0.0/16", // link-local; cloud metadata
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments
  "192.0.2.0/24", // documentation
  "192.88.99.0/24", // 6to4 relays, deprecated
  "192.168.0.0/16", // private
  "198.18.0.0/15", // benchmarking
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, broadcast
);

/** All that is given out for global use; what is local, multicast or loopback lies outside. */
const global6 = ranges("2000::/3");

const special6 = ranges(
  "2001::/23", // protocol assignments, Teredo
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4: carries an IPv4 address
  "3fff::/20", // documentation
);

/** Whether a host name or address never leaves this machine. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|(?:::ffff:)?127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

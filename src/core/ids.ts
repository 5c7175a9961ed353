/**
 * Names of things. Only `PersonId` is branded: mixing it up with a policy key or a chat id would
 * put a name into the log.
 */

/**
 * A random id, `p_` + 20 characters a–z2–7, given once to each person a policy names. The only form
 * in which a person enters the log.
 */
export type PersonId = string & { readonly __person: true };

/** Says that a string read from the log or the database is a person's random id. */
export function personId(id: string): PersonId {
  return id as PersonId;
}

/** `HP-1`, `HP-2`, … counted without gaps by the log. */
export type EscalationId = `HP-${number}`;

/** The number of an escalation. `HP-142` → 142. */
export function escalationNumber(id: EscalationId): number {
  return Number(id.slice(3));
}

/** Lower-case hex SHA-256 of canonical bytes. */
export type Digest = string;

/**
 * `c_` + lower-case hex HMAC-SHA256(salt, UTF-8 text): stands in the log for a text that can be
 * erased.
 */
export type Commitment = string;

/** Random id of a log entry, `e_` + 20 characters. */
export type EntryId = string;

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/** A length of time in milliseconds. */
export type Millis = number;

/** A scope id, or "paused". */
export type ScopeId = string;

import * as is from "./shape-fields.ts";

/** What every entry has, and the keys of those about policies. */

/** The keys of every entry. */
const base = {
  at: is.time,
  clock: is.optional(is.time),
  id: is.entryId,
  subject: is.subject,
  actor: is.actor,
  surface: is.surface,
  link: is.optional(is.entryId),
  policy: is.text,
};

/** An entry with these keys besides. */
export function of(keys: Parameters<typeof is.having>[0]): is.Check {
  return is.having({ ...base, ...keys });
}
export const reason = is.optional(is.commitment);

const looser = is.each(is.having({ deployment: is.text, what: is.text }));

export const ofPolicies = {
  "policy.adopted": of({
    digest: is.text,
    before: is.text,
    looser,
    started: is.each(
      is.having({ deployment: is.text, scope: is.text, reassessBy: is.orNone(is.time) }),
    ),
    person: is.optional(is.person),
    reason,
    confirmer: is.optional(is.person),
    basis: is.optional(is.commitment),
    proposal: is.optional(is.entryId),
  }),
  "policy.proposed": of({
    digest: is.text,
    before: is.text,
    looser,
    person: is.person,
    reason: is.commitment,
    basis: is.optional(is.commitment),
    expires: is.time,
  }),
};

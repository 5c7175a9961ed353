import { deploymentsWith } from "./accounts.ts";
import type { Announcement } from "./announce.ts";
import type { Button, Line } from "./card.ts";
import type { EntryId, PersonId } from "./ids.ts";
import type { Entry, EntryOf, IdentityChange } from "./log/entry.ts";
import { linkedByLink } from "./login-links.ts";
import type { Person } from "./people.ts";
import type { Policy } from "./policy/model.ts";
import { nameOf, type Telling } from "./telling.ts";
import { clockWithZone, instantOf } from "./time.ts";
import * as words from "./words.ts";
import * as identity from "./words-identity.ts";
import * as who from "./words-who.ts";

/** Who is told when the operator lets somebody in, or a policy says otherwise who somebody is. */

type AboutWho = EntryOf<"session.issued" | "session.used" | "session.ended" | "identity.changed">;

/** Whether an entry says who is let in, or who somebody is. */
export const isAboutWho = (entry: Entry): entry is AboutWho =>
  entry.kind === "session.issued" ||
  entry.kind === "session.used" ||
  entry.kind === "session.ended" ||
  entry.kind === "identity.changed";

/** Says that a step under one's name was not one's own: of one login link, or of all that are open. */
export const notMeButton = (link: EntryId | null): Button => ({
  label: words.buttons.notMe,
  command: link === null ? "notme" : `notme ${link}`,
  style: "danger",
  form: null,
});

/** See {@link Announcement}. */
export const announcementsOfWho = (telling: Telling, entry: AboutWho): readonly Announcement[] => {
  switch (entry.kind) {
    case "session.issued": {
      const at = clockOf(telling, entry.person, entry.expires);
      const line = who.linkMade(nameOf(telling, entry.person), at);
      return aboutLink(telling, entry.person, entry.id, line);
    }
    case "session.used": {
      const at = clockOf(telling, entry.person, entry.expires);
      const line = who.linkUsed(nameOf(telling, entry.person), at);
      return aboutLink(telling, entry.person, entry.issued, line);
    }
    case "session.ended": {
      if (entry.because === "logout") return [];
      const line = who.disowned(nameOf(telling, entry.person));
      return inChannels(telling, deploymentsOf(telling, entry.person), line);
    }
    case "identity.changed":
      return aboutIdentity(telling, entry);
  }
};

const deploymentsOf = ({ situation }: Telling, person: PersonId): readonly string[] =>
  deploymentsWith(situation.policy, person);

const clockOf = (telling: Telling, person: PersonId, at: string): string => {
  const { policy, now } = telling.situation;
  const [first = ""] = deploymentsOf(telling, person);
  return clockWithZone(instantOf(at), policy.deployments.get(first)?.hours.timezone ?? "UTC", now);
};

/**
 * To the person where a chat asks them. Where none does, or only from an account that rests on a login link itself, to everybody who
 * works with them: whoever has that link may sit there.
 */
const aboutLink = (
  telling: Telling,
  person: PersonId,
  link: EntryId,
  line: Line,
): readonly Announcement[] => {
  const { policy, org, asksPerson } = telling.situation;
  const deployments = deploymentsOf(telling, person);
  const [channel = "", ...others] = channelsOf(policy, deployments);
  const direct = asksPerson(person)
    ? [{ to: person, line, buttons: [notMeButton(link)], notIn: "" as const }]
    : [];
  if (asksPerson(person, linkedByLink(org, person)))
    return [{ ...saidIn(channel, line), to: [person], byCard: true, direct }];
  return [{ ...saidIn(channel, line), direct }, ...others.map((other) => saidIn(other, line))];
};

/** Of an account that was linked in a session of a login link; null where it was in none. */
export const announcementsOfLinked = (
  telling: Telling,
  entry: EntryOf<"identity.linked" | "identity.unlinked">,
): readonly Announcement[] | null => {
  const { person, chat, link } = entry;
  if (entry.kind !== "identity.linked" || !link) return null;
  const line = identity.linkedByLink(nameOf(telling, person), chat);
  return aboutLink(telling, person, link, line).map((said) => ({
    ...said,
    direct: said.direct.map((one) => ({ ...one, notIn: chat })),
  }));
};

const inChannels = (
  { situation }: Telling,
  deployments: readonly string[],
  line: Line,
): readonly Announcement[] =>
  channelsOf(situation.policy, deployments).map((channel) => saidIn(channel, line));

/** Once in each channel; what is in none is said where unmatched signals are. */
const channelsOf = (
  { deployments, unmatchedChannel }: Policy,
  ids: readonly string[],
): readonly string[] => {
  const other = unmatchedChannel ?? "";
  const channels = ids.map((id) => deployments.get(id)?.channel ?? other);
  return [...new Set(channels.length > 0 ? channels : [other])];
};

const saidIn = (channel: string, line: Line): Announcement => ({
  ...{ channel, line, escalation: "", to: [], version: null, buttons: [] },
  ...{ byCard: false, direct: [] },
});

const aboutIdentity = (
  telling: Telling,
  entry: EntryOf<"identity.changed">,
): readonly Announcement[] => {
  const text = (commitment: string): string =>
    commitment === "" ? "" : (telling.texts.get(commitment) ?? words.erased);
  const changes = entry.changes.map((one) => ({
    of: one.of,
    before: text(one.before),
    after: text(one.after),
  }));
  const before = changes.find(({ of }) => of === "name");
  const name = before?.after || before?.before || nameOf(telling, entry.person);
  const line = who.changed(entry.what, name, changes);
  const [first, ...others] = inChannels(telling, entry.deployments, line);
  const known = telling.people.get(entry.person);
  const accounts = {
    slack: accountBefore(changes, "slack", known?.slack ?? null),
    teams: accountBefore(changes, "teams", known?.teams ?? null),
  };
  const yours = who.changedYours(line);
  const direct = [{ to: entry.person, line: yours, buttons: [], notIn: "", accounts }];
  return first ? [{ ...first, direct }, ...others] : [];
};

/** Where somebody was reached before: what changed as it was, else as it is. */
const accountBefore = (
  changes: readonly IdentityChange[],
  chat: keyof Pick<Person, "slack" | "teams">,
  now: string | null,
): string | null => {
  const change = changes.find(({ of }) => of === chat);
  return change ? change.before || null : now;
};

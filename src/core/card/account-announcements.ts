import { clockWithZone } from "../clock-text.ts";
import type { EntryId, PersonId } from "../ids.ts";
import type { Entry, EntryOf } from "../log/entry.ts";
import type { IdentityChange } from "../log/entry-fields.ts";
import { linkedByLink } from "../people/login-links.ts";
import type { Person } from "../people/person.ts";
import type { Policy } from "../policy/model.ts";
import { instantOf } from "../time.ts";
import * as who from "../words/account-changes.ts";
import * as identity from "../words/account-linking.ts";
import * as words from "../words/words.ts";
import type { Announcement } from "./announcement.ts";
import type { Button, Line } from "./card.ts";
import { deploymentsWith } from "./unreachable-people.ts";
import { nameOf, type ViewContext } from "./view-context.ts";

/** Who is told when the operator lets somebody in, or a policy says otherwise who somebody is. */

type AboutWho = EntryOf<"session.issued" | "session.used" | "session.ended" | "identity.changed">;

/** Whether an entry says who is let in, or who somebody is. */
export function isAboutWho(entry: Entry): entry is AboutWho {
  return (
    entry.kind === "session.issued" ||
    entry.kind === "session.used" ||
    entry.kind === "session.ended" ||
    entry.kind === "identity.changed"
  );
}

/**
 * Says that a step under one's name was not one's own: of one login link, or of all that are open.
 */
export function notMeButton(link: EntryId | null): Button {
  return {
    label: words.buttons.notMe,
    command: link === null ? "notme" : `notme ${link}`,
    style: "danger",
    form: null,
  };
}

/** See {@link Announcement}. */
export function announcementsOfWho(view: ViewContext, entry: AboutWho): readonly Announcement[] {
  switch (entry.kind) {
    case "session.issued": {
      if (entry.actor.type === "person") return []; // they read it themselves, in private
      const at = clockOf(view, entry.person, entry.expires);
      const line = who.linkMade(nameOf(view, entry.person), at);
      return aboutLink(view, { person: entry.person, link: entry.id, line });
    }
    case "session.used": {
      const at = clockOf(view, entry.person, entry.expires);
      const by = view.situation.org.links[entry.issued] ?? null;
      const line = who.linkUsed(nameOf(view, entry.person), at, by);
      return aboutLink(view, { person: entry.person, link: entry.issued, line });
    }
    case "session.ended": {
      if (entry.because === "logout") return [];
      const line = who.disowned(nameOf(view, entry.person));
      return inChannels(view, deploymentsOf(view, entry.person), line);
    }
    case "identity.changed":
      return aboutIdentity(view, entry);
  }
}

const deploymentsOf = ({ situation }: ViewContext, person: PersonId): readonly string[] =>
  deploymentsWith(situation.policy, person);

function clockOf(view: ViewContext, person: PersonId, at: string): string {
  const { policy, now } = view.situation;
  const [first = ""] = deploymentsOf(view, person);
  return clockWithZone(instantOf(at), policy.deployments.get(first)?.hours.timezone ?? "UTC", now);
}

/**
 * To the person where a chat asks them. Where none does, or only from an account that rests on a
 * login link itself, to everybody who works with them: whoever has that link may sit there.
 */
function aboutLink(
  view: ViewContext,
  {
    person,
    link,
    line,
  }: { readonly person: PersonId; readonly link: EntryId; readonly line: Line },
): readonly Announcement[] {
  const { policy, org, asksPerson } = view.situation;
  const deployments = deploymentsOf(view, person);
  const [channel = "", ...others] = channelsOf(policy, deployments);
  const direct = asksPerson(person)
    ? [{ to: person, line, buttons: [notMeButton(link)], notIn: "" as const }]
    : [];
  if (asksPerson(person, linkedByLink(org, person)))
    return [{ ...saidIn(channel, line), to: [person], byCard: true, direct }];
  return [
    { ...saidIn(channel, line), direct },
    ...others.map((otherChannel) => saidIn(otherChannel, line)),
  ];
}

/** Of an account that was linked in a session of a login link; null where it was in none. */
export function announcementsOfLinked(
  view: ViewContext,
  entry: EntryOf<"identity.linked" | "identity.unlinked">,
): readonly Announcement[] | null {
  const { person, chat, link } = entry;
  if (entry.kind !== "identity.linked" || !link) return null;
  const line = identity.linkedByLink(nameOf(view, person), chat);
  return aboutLink(view, { person, link, line }).map((said) => ({
    ...said,
    direct: said.direct.map((direct) => ({ ...direct, notIn: chat })),
  }));
}

const inChannels = (
  { situation }: ViewContext,
  deployments: readonly string[],
  line: Line,
): readonly Announcement[] =>
  channelsOf(situation.policy, deployments).map((channel) => saidIn(channel, line));

/** Once in each channel; what is in none is said where unmatched signals are. */
function channelsOf(
  { deployments, unmatchedChannel }: Policy,
  ids: readonly string[],
): readonly string[] {
  const other = unmatchedChannel ?? "";
  const channels = ids.map((id) => deployments.get(id)?.channel ?? other);
  return [...new Set(channels.length > 0 ? channels : [other])];
}

const saidIn = (channel: string, line: Line): Announcement => ({
  channel,
  line,
  escalation: "",
  to: [],
  version: null,
  buttons: [],
  byCard: false,
  direct: [],
});

function aboutIdentity(
  view: ViewContext,
  entry: EntryOf<"identity.changed">,
): readonly Announcement[] {
  const text = (commitment: string): string =>
    commitment === "" ? "" : (view.texts.get(commitment) ?? words.erased);
  const changes = entry.changes.map((change) => ({
    of: change.of,
    before: text(change.before),
    after: text(change.after),
  }));
  const before = changes.find(({ of }) => of === "name");
  const name = before?.after || before?.before || nameOf(view, entry.person);
  const line = who.changed(entry.what, name, changes);
  const [first, ...others] = inChannels(view, entry.deployments, line);
  const known = view.people.get(entry.person);
  const accounts = {
    slack: accountBefore(changes, "slack", known?.slack ?? null),
    teams: accountBefore(changes, "teams", known?.teams ?? null),
  };
  const yours = who.changedYours(line);
  const direct = [{ to: entry.person, line: yours, buttons: [], notIn: "", accounts }];
  return first ? [{ ...first, direct }, ...others] : [];
}

/** Where somebody was reached before: what changed as it was, else as it is. */
function accountBefore(
  changes: readonly IdentityChange[],
  chat: keyof Pick<Person, "slack" | "teams">,
  now: string | null,
): string | null {
  const change = changes.find(({ of }) => of === chat);
  return change ? change.before || null : now;
}

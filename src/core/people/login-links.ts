import type { EntryId, Instant, Millis, PersonId } from "../ids.ts";
import type { Entry, EntryOf } from "../log/entry.ts";
import type { Situation } from "../state/situation.ts";
import type { DeploymentState, LoginLink, OrgState } from "../state/state.ts";
import { instantOf, timeOf } from "../time.ts";
import { type AccountChat, accountChats } from "./person.ts";

/**
 * Login links that the operator makes, and those that people make for themselves in a chat or by
 * signing in at an OpenID Connect issuer: these have the rights of the account that they were made
 * from, and end with it. Whoever holds the
 * operator's token can make one for anybody, so what is done by one is said to be, and its person
 * can say that it was not them.
 */

/** A login link is good for ten minutes, once. */
export const linkLasts: Millis = 600_000;

/** The session that the operator's becomes lasts an hour; that of a person's own, half a day. */
const sessionLasts: Millis = 3_600_000;
const ownSessionLasts: Millis = 43_200_000;

/** How long the session of a link lasts. */
export function sessionLastsBy({ from }: Pick<LoginLink, "from">): Millis {
  return from === undefined ? sessionLasts : ownSessionLasts;
}

/** The link that is behind what is done in a session of this one; null = none. */
export function linkInSession(
  org: Pick<OrgState, "links" | "linkedBy">,
  id: EntryId,
): EntryId | null {
  const link = org.links[id];
  if (link?.from === undefined) return id;
  return link.from === "oidc" ? null : linkBehind(org, link.person, link.from);
}

/** The links of a person that may still be used, or whose sessions are open. */
export function openLinksOf(
  links: OrgState["links"],
  person: PersonId,
  now: Instant,
): readonly EntryId[] {
  return Object.entries(links)
    .filter(([, link]) => link.person === person && !link.ended && link.until > now)
    .map(([id]) => id);
}

/** A session from an account does not outlive that account: its links end with it. */
export function linksWithout(
  links: OrgState["links"],
  person: PersonId,
  gone: readonly string[],
): OrgState["links"] {
  return Object.fromEntries(
    Object.entries(links).map(([id, link]) => [
      id,
      link.person === person && link.from !== undefined && gone.includes(link.from)
        ? { ...link, ended: true }
        : link,
    ]),
  );
}

/**
 * A resume that rests on a login link waits this long, once everybody needed has agreed, for its
 * person to say that it was not them.
 */
const objectionLasts: Millis = 600_000;

/** What rests on a link can be disowned for as long as a resume may wait, and some. */
const remembered: Millis = 172_800_000;

type AboutLogin = EntryOf<"session.issued" | "session.used" | "session.ended">;

/** Whether an entry says who is let in by a login link. */
export function isAboutLogin(entry: Entry): entry is AboutLogin {
  return (
    entry.kind === "session.issued" ||
    entry.kind === "session.used" ||
    entry.kind === "session.ended"
  );
}

/** The links after an entry about one; those of long ago are forgotten. */
export function linksAfter(links: OrgState["links"], entry: AboutLogin): OrgState["links"] {
  const at = timeOf(entry);
  const recent = Object.entries(links).filter(([, { until }]) => until > at - remembered);
  return Object.fromEntries([...recent, ...changedBy(links, entry)]);
}

function changedBy(
  links: OrgState["links"],
  entry: AboutLogin,
): readonly (readonly [EntryId, LoginLink])[] {
  const { person } = entry;
  switch (entry.kind) {
    case "session.issued": {
      const link = { person, until: instantOf(entry.expires), used: false, ended: false };
      return [[entry.id, { ...link, ...originOf(entry) }]];
    }
    case "session.used": {
      const link = { person, until: instantOf(entry.expires), used: true, ended: false };
      return [[entry.issued, { ...links[entry.issued], ...link }]];
    }
    case "session.ended":
      return entry.issued.flatMap((id) => {
        const link = links[id];
        if (!link) return [];
        const disowned = entry.because === "disowned" && { disowned: true as const };
        return [[id, { ...link, ended: true, ...disowned }] as const];
      });
  }
}

/** By which account of theirs its person made it; nothing where the operator did. */
function originOf({
  actor,
  surface,
  signIn,
}: EntryOf<"session.issued">): Pick<LoginLink, "from" | "issuer"> {
  if (actor.type !== "person") return {};
  if (signIn) return { from: signIn.account, issuer: signIn.issuer };
  const from = accountChats.find((chat) => chat === surface);
  return from === undefined ? {} : { from };
}

/**
 * The links of a person that they may still say no to, or the one that is asked for: whoever signed
 * in by one may have logged out since, and what they did stands. However old it is, one that an
 * account of theirs rests on is among them.
 */
export function linksOf(
  { links, linkedBy }: Pick<OrgState, "links" | "linkedBy">,
  person: PersonId,
  asked: EntryId | null,
): readonly EntryId[] {
  const open = Object.entries(links)
    .filter(([, link]) => link.person === person && !link.disowned)
    .map(([id]) => id);
  const all = [...new Set([...open, ...Object.values(linkedBy[person] ?? {})])];
  return all.filter((id) => asked === null || id === asked);
}

/** The chats in which an account of theirs rests on a login link: on any, or on one of these. */
export function linkedByLink(
  { linkedBy }: Pick<OrgState, "linkedBy">,
  person: PersonId,
  links: readonly EntryId[] | null = null,
): readonly AccountChat[] {
  return accountChats.filter((chat) => {
    const link = linkedBy[person]?.[chat];
    return link !== undefined && (links === null || links.includes(link));
  });
}

/**
 * The login link that stands behind what somebody says from their account in a chat; null = the
 * account is theirs without one.
 */
export function linkBehind(
  { linkedBy }: Pick<OrgState, "linkedBy">,
  person: PersonId,
  chat: AccountChat,
): EntryId | null {
  return linkedBy[person]?.[chat] ?? null;
}

/**
 * Whether whoever says this speaks from an account of theirs that was linked in such a session,
 * rather than in the session itself. Only a session speaks on a page.
 */
export function speaksFromLinked({ link, surface }: Pick<Entry, "link" | "surface">): boolean {
  return link !== undefined && accountChats.some((chat) => chat === surface);
}

/**
 * The situation as somebody finds it who speaks by this link; null = by none. What they may do
 * depends on it.
 */
export function spokenBy<S extends Pick<Situation, "link">>(situation: S, link: EntryId | null): S {
  return {
    ...situation,
    link,
  };
}

/**
 * A policy that changed by what somebody is known may have taken away the chat in which they would
 * be asked.
 */
const changedLately: Millis = 86_400_000;

/**
 * Whether somebody could say that a step under their name was not them: a chat asks them, or did
 * until a policy of the last day. Where neither is so (an installation with the console alone),
 * nobody would be waited for.
 */
export function canObject({ asksPerson, org, now }: Situation, person: PersonId): boolean {
  return asksPerson(person) || (org.changed[person] ?? 0) > now - changedLately;
}

/**
 * Everybody behind a started resume who was signed in by a login link, whoever speaks now included.
 */
export function linkedBehind(
  { link }: Situation,
  {
    proposal,
    people,
    speaker,
  }: {
    readonly proposal: DeploymentState["proposal"];
    readonly people: readonly PersonId[];
    readonly speaker: PersonId | null;
  },
): readonly PersonId[] {
  return people.filter(
    (person) => proposal?.links?.[person] !== undefined || (person === speaker && link !== null),
  );
}

/** Whether a started resume rests on one of these links. */
export function restsOn(proposal: DeploymentState["proposal"], links: readonly EntryId[]): boolean {
  return Object.values(proposal?.links ?? {}).some((link) => links.includes(link));
}

/** When a resume takes effect that is agreed now. */
export function objectionUntil(now: Instant): Instant {
  return now + objectionLasts;
}

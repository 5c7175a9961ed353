import { escalationNumber } from "../ids.ts";
import type { AboutIdentity, Entry } from "../log/entry.ts";
import { isAboutIdentity } from "../people/account-linking.ts";
import { erasuresAfter, isAboutErasure } from "../people/erasure.ts";
import { holdsAfter, isAboutHold } from "../people/holds.ts";
import { isAboutLogin, linksAfter, linksWithout } from "../people/login-links.ts";
import { proposedBy } from "../people/policy-proposal.ts";
import { identitiesAfter, isAboutAccounts } from "../people/rebind.ts";
import { instantOf, timeOf } from "../time.ts";
import type { NumbersState, OrgState } from "./state.ts";

/** Whether an entry changes the stream `org`, or `numbers`. */
export function changesOrg(entry: Entry): boolean {
  return (
    entry.kind === "policy.adopted" ||
    entry.kind === "policy.proposed" ||
    entry.kind === "person.away" ||
    isAboutAccounts(entry) ||
    isAboutLogin(entry) ||
    isAboutErasure(entry) ||
    isAboutHold(entry)
  );
}

export function changesNumbers(entry: Entry): boolean {
  return entry.kind === "escalation.opened";
}

export function foldOrg(state: OrgState, entry: Entry): OrgState {
  if (entry.kind === "policy.adopted") {
    const { proposed: _, ...rest } = state;
    return { ...rest, policy: entry.digest, adoptedAt: timeOf(entry) };
  }
  if (entry.kind === "policy.proposed") return { ...state, proposed: proposedBy(entry) };
  if (isAboutAccounts(entry)) return withIdentities(state, entry);
  if (isAboutHold(entry)) return { ...state, holds: holdsAfter(state.holds, entry) };
  if (isAboutErasure(entry)) return { ...state, erasures: erasuresAfter(state.erasures, entry) };
  if (isAboutLogin(entry)) return { ...state, links: linksAfter(state.links, entry) };
  if (entry.kind !== "person.away") return state;
  return { ...state, away: { ...state.away, [entry.person]: instantOf(entry.until) } };
}

function withIdentities(before: OrgState, entry: Parameters<typeof identitiesAfter>[1]): OrgState {
  const state = {
    ...before,
    ...identitiesAfter(before, entry),
    links: linksAfterAccounts(before, entry),
  };
  if (isAboutIdentity(entry))
    return {
      ...state,
      linked: linkedAfter(state.linked, entry),
      linkedBy: linkedByAfter(state.linkedBy, entry),
    };
  return entry.kind === "identity.changed"
    ? { ...state, changed: { ...state.changed, [entry.person]: timeOf(entry) } }
    : state;
}

function linksAfterAccounts(
  { links }: OrgState,
  entry: Parameters<typeof identitiesAfter>[1],
): OrgState["links"] {
  switch (entry.kind) {
    case "identity.unlinked":
      return linksWithout(links, entry.person, [entry.chat]);
    case "identity.changed":
      return linksWithout(
        links,
        entry.person,
        entry.changes.map(({ of }) => of),
      );
    default:
      return links;
  }
}

function linkedAfter(
  linked: OrgState["linked"],
  { kind, person, chat }: AboutIdentity,
): OrgState["linked"] {
  const others = (linked[person] ?? []).filter((linkedChat) => linkedChat !== chat);
  return { ...linked, [person]: kind === "identity.linked" ? [...others, chat] : others };
}

function linkedByAfter(linkedBy: OrgState["linkedBy"], entry: AboutIdentity): OrgState["linkedBy"] {
  const { person, chat } = entry;
  const { [chat]: _before, ...others } = linkedBy[person] ?? {};
  const { [person]: _theirs, ...rest } = linkedBy;
  const theirs =
    entry.kind === "identity.linked" && entry.link ? { ...others, [chat]: entry.link } : others;
  return Object.keys(theirs).length === 0 ? rest : { ...rest, [person]: theirs };
}

export function foldNumbers(state: NumbersState, entry: Entry): NumbersState {
  return entry.kind === "escalation.opened"
    ? { escalations: Math.max(state.escalations, escalationNumber(entry.escalation)) }
    : state;
}

import { clockWithZone } from "../clock-text.ts";
import type { EscalationId } from "../ids.ts";
import type { AboutIdentity, Entry, EntryOf } from "../log/entry.ts";
import { isAboutIdentity } from "../people/account-linking.ts";
import type { AccountChat } from "../people/person.ts";
import { mayConfirmPolicy } from "../people/policy-proposal.ts";
import { deploymentOf, escalationIn, isRehearsal, type Situation } from "../state/situation.ts";
import { instantOf } from "../time.ts";
import * as identity from "../words/account-linking.ts";
import * as adoption from "../words/adoption.ts";
import * as rehearsal from "../words/rehearsal.ts";
import {
  announcementsOfLinked,
  announcementsOfWho,
  isAboutWho,
  notMeButton,
} from "./account-announcements.ts";
import type { Announcement, Direct } from "./announcement.ts";
import { people, sentenceFor } from "./announcement-sentences.ts";
import type { Button, Line } from "./card.ts";
import { personalOf } from "./direct-message-lines.ts";
import { shortTextOf } from "./kept-text.ts";
import { nameOf, type ViewContext, who } from "./view-context.ts";

/**
 * Who is told what when an entry is recorded, besides the card itself: one line per step that
 * matters to people. Mentioned are who acknowledges and who decides at opening and at each pass,
 * and who is asked; nobody else.
 */
export function announcementsOf(view: ViewContext, entry: Entry): readonly Announcement[] {
  if (entry.kind === "policy.adopted") return loosened(view, entry);
  if (entry.kind === "policy.proposed") return proposed(view, entry);
  if (isAboutWho(entry)) return announcementsOfWho(view, entry);
  const byLink = isAboutIdentity(entry) ? announcementsOfLinked(view, entry) : null;
  if (byLink) return byLink;
  const said = sentenceFor(view, entry);
  if (!said) return [];
  const { situation } = view;
  return [
    {
      channel: channelOf(situation, entry),
      escalation: escalationOf(entry),
      to: people(said.to),
      line: marked(situation, entry, said.line),
      version: situation.state.posture?.version ?? null,
      buttons: said.buttons ?? [],
      byCard: entry.kind === "escalation.opened" || isAboutIdentity(entry),
      direct: inPerson(view, entry, marked(situation, entry, said.line)),
    },
  ];
}

/** What is said of a rehearsal begins so: nobody is to be frightened, or to act on it. */
function marked(situation: Situation, entry: Entry, line: Line): Line {
  const id = escalationOf(entry);
  const about = id === "" ? undefined : escalationIn(situation.state, id);
  return about && isRehearsal(about) ? [rehearsal.prefix, ...line] : line;
}

/**
 * At opening, at each pass and at a hand-off, who decides and who has yet to see it are told in
 * person.
 */
function inPerson(view: ViewContext, entry: Entry, line: Line): readonly Direct[] {
  if (isAboutIdentity(entry)) return inOtherChats(entry, line);
  if ("unless" in entry && entry.unless)
    return entry.unless.map((to) => ({ to, line, buttons: [notMeButton(null)], notIn: "" }));
  return personalOf(view, entry).map((personal) => ({ ...personal, notIn: "" }));
}

/**
 * Whoever speaks as them from the account in question is not the one to be asked whether it is
 * theirs.
 */
const inOtherChats = ({ kind, person, chat }: AboutIdentity, line: Line): readonly Direct[] => [
  {
    to: person,
    line,
    buttons: kind === "identity.linked" ? [unlinkButton(chat)] : [],
    notIn: chat,
  },
];

const unlinkButton = (chat: AccountChat): Button => ({
  label: identity.unlinkLabel,
  command: `unlink ${chat}`,
  style: "plain",
  form: null,
});

/** A question whether something was them is about no escalation: its end is no answer to it. */
const escalationOf = (entry: Entry): EscalationId | "" =>
  "escalation" in entry && !("unless" in entry && entry.unless) ? entry.escalation : "";

function channelOf(situation: Situation, entry: Entry): string {
  const id = escalationOf(entry);
  const live = id === "" ? undefined : escalationIn(situation.state, id);
  return (
    live?.channel ?? deploymentOf(situation)?.channel ?? situation.policy.unmatchedChannel ?? ""
  );
}

/** A looser rule is posted to every channel it touches, one message a channel. */
function loosened(
  view: ViewContext,
  { looser, person, reason, confirmer }: EntryOf<"policy.adopted">,
): readonly Announcement[] {
  const by = person
    ? adoption.adoptedFor({
        person: who(view, person),
        confirmer: confirmer ? who(view, confirmer) : null,
        reason: shortTextOf(view, reason ?? ""),
      })
    : null;
  return inChannels(view, looser, (whats) => ({ line: adoption.looser(whats, by), buttons: [] }));
}

/** A proposal asks in the same channels, with the button that confirms it. */
function proposed(
  view: ViewContext,
  { digest, looser, person, reason, expires }: EntryOf<"policy.proposed">,
): readonly Announcement[] {
  const { situation } = view;
  const by = adoption.adoptedFor({
    person: who(view, person),
    confirmer: null,
    reason: shortTextOf(view, reason),
  });
  const deployments = [...new Set(looser.map(({ deployment }) => deployment))];
  const may = mayConfirmPolicy(situation, deployments, person)
    .map((one) => nameOf(view, one))
    .sort();
  const until = clockWithZone(instantOf(expires), "UTC", situation.now);
  const command = `adopt ${digest.slice(0, 12)}`;
  const button: Button = { label: adoption.confirmLabel, command, style: "plain", form: null };
  return inChannels(view, looser, (whats) => ({
    line: adoption.proposed(whats, { by, may, until, command }),
    buttons: [button],
  }));
}

function inChannels(
  view: ViewContext,
  looser: EntryOf<"policy.adopted">["looser"],
  said: (whats: readonly string[]) => Pick<Announcement, "line" | "buttons">,
): readonly Announcement[] {
  const { policy } = view.situation;
  const channels = new Map<string, string[]>();
  for (const { deployment, what } of looser) {
    const channel = policy.deployments.get(deployment)?.channel ?? policy.unmatchedChannel ?? "";
    channels.set(channel, [...(channels.get(channel) ?? []), what]);
  }
  return [...channels].map(([channel, whats]) => ({
    channel,
    escalation: "",
    to: [],
    ...said(whats),
    version: null,
    byCard: false,
    direct: [],
  }));
}

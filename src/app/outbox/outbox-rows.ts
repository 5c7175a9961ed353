import type { Announcement, Direct } from "../../core/card/announcement.ts";
import { announcementsOf } from "../../core/card/announcements.ts";
import type { ViewContext } from "../../core/card/view-context.ts";
import type { EscalationId, PersonId } from "../../core/ids.ts";
import type { Entry, EntryOf } from "../../core/log/entry.ts";
import type { Person } from "../../core/people/person.ts";
import { stateWord } from "../../core/policy/posture.ts";
import { isRehearsal, type Situation } from "../../core/state/situation.ts";
import type { DeploymentState, EscalationState } from "../../core/state/state.ts";
import type { Chat, Outgoing } from "../ports.ts";

/** The outbox rows that follow from one entry; committed together with it. */

/** What these rows depend on in a chat. */
export type ToldChat = Pick<Chat, "name" | "direct" | "reaches" | "serves">;

/** A row; within one change it replaces an earlier row with the same slot. */
export interface SlottedRow {
  readonly slot: string;
  readonly row: Outgoing;
}

/** Gives a row a slot: by default its key. */
export function slotted(row: Outgoing, slot = row.key): SlottedRow {
  return {
    slot: `${row.chat}/${slot}`,
    row,
  };
}

/**
 * The chats that have a channel of the policy. If none has it, all of them: each then reports to
 * the operator what is missing, and asks people directly.
 */
export function chatsFor<T extends ToldChat>(chats: readonly T[], channel: string): readonly T[] {
  const serving = chats.filter((chat) => chat.direct && chat.serves(channel));
  return serving.length === 0
    ? chats
    : chats.filter((chat) => !chat.direct || chat.serves(channel));
}

/**
 * The rows for the card of an escalation, in the chats of its channel, and in those of the channel
 * that it `left`, where the old copy says where the card moved.
 */
export function cardRows(
  chats: readonly ToldChat[],
  { id, channel, urgency }: Pick<EscalationState, "id" | "channel"> & Pick<Outgoing, "urgency">,
  left: string | null = null,
): readonly Outgoing[] {
  const before = left === null ? [] : chatsFor(chats, left).filter(({ direct }) => direct);
  return [...new Set([...chatsFor(chats, channel), ...before])].map(({ name: chat }) => ({
    key: `card:${id}`,
    chat,
    lane: channel,
    urgency,
    body: { kind: "card" as const, escalation: id, channel },
  }));
}

/** The rows that update the direct messages about an escalation. */
export function amendRows(
  chats: readonly ToldChat[],
  escalation: EscalationId,
  channel: string,
): readonly Outgoing[] {
  return chats
    .filter(({ direct }) => direct)
    .map(({ name: chat }) => ({
      key: `directs:${escalation}`,
      chat,
      lane: `directs:${escalation}`,
      urgency: 2 as const,
      body: { kind: "directs" as const, escalation, channel },
    }));
}

/** The rows for the sentences to channels and to people that an entry causes. */
export function saidRows(
  view: ViewContext,
  entry: Entry,
  chats: readonly ToldChat[],
): readonly SlottedRow[] {
  return announcementsOf(view, entry).flatMap((said) => [
    ...chatsFor(chats, said.channel)
      .filter((chat) => !chat.direct || !said.byCard)
      .map((chat) => lineRow(chat.name, entry, said)),
    ...chats.flatMap((chat) =>
      said.direct
        .filter(({ notIn }) => chat.direct && notIn !== chat.name)
        .flatMap((direct) => directRow(view, { chat, entry, announcement: said, direct })),
    ),
  ]);
}

function lineRow(chat: string, entry: Entry, said: Announcement): SlottedRow {
  const { channel, escalation, to, line, version, buttons } = said;
  const key = `line:${entry.id}:${channel}`;
  // If a late tick finds several reminders of one date at once, only the last is sent.
  const slot = entry.kind.startsWith("reassessment.") ? `remind:${entry.subject}` : key;
  const body = { kind: "line", channel, escalation, to, line, version, buttons } as const;
  return slotted({ key, chat, lane: channel, urgency: 1, body }, slot);
}

function directRow(
  view: ViewContext,
  {
    chat,
    entry,
    announcement: { channel, escalation, version },
    direct: { to, line, lockScreen, buttons, accounts },
  }: {
    readonly chat: ToldChat;
    readonly entry: Entry;
    readonly announcement: Announcement;
    readonly direct: Direct;
  },
): readonly SlottedRow[] {
  const person = view.people.get(to);
  return personRow(chat, accounts ? formerly(to, accounts, person) : person, {
    key: `dm:${entry.id}:${to}`,
    urgency: 1,
    body: {
      kind: "direct",
      person: to,
      channel,
      escalation,
      line,
      version,
      buttons,
      ...(lockScreen === undefined ? {} : { lockScreen }),
      ...(accounts && { accounts }),
    },
  });
}

/** A person with their former accounts. */
export function formerly(
  id: PersonId,
  accounts: Pick<Person, "slack" | "teams">,
  now: Person | undefined,
): Person {
  return { ...(now ?? { id, key: "", name: "", pagerduty: null, oidc: null }), ...accounts };
}

/** A row to one person; none if the chat cannot reach them. */
export function personRow(
  chat: ToldChat,
  person: Person | undefined,
  row: Pick<Outgoing, "key" | "urgency" | "body">,
): readonly SlottedRow[] {
  if (!person || !chat.direct || !chat.reaches(person)) return [];
  return [slotted({ ...row, chat: chat.name, lane: `person:${person.id}` })];
}

/** The `chat` of an endpoint's rows: one each, so that a slow endpoint delays no other. */
export function noticesFor(endpoint: string): string {
  return `notify:${endpoint}`;
}

/** One row for each endpoint that the policy notifies of the entry. */
export function noticeRows(situation: Situation, entry: Entry): readonly SlottedRow[] {
  const { policy, state } = situation;
  const deployment = policy.deployments.get(state.id);
  const posture =
    deployment && state.posture
      ? { state: stateWord(deployment, state.posture.scope), version: state.posture.version }
      : null;
  return [...policy.notify.values()]
    .filter(({ events }) => events.has(entry.kind))
    .filter(({ deployments }) => deployments === null || concerns(entry, state, deployments))
    .map(({ id }) =>
      slotted({
        key: `notice:${id}:${entry.id}`,
        chat: noticesFor(id),
        // A name that the policy does not know is a sender's own text: it is not passed on, and all
        // of them share a lane.
        lane: deployment?.id ?? "",
        urgency: entry.kind === "decision.made" ? 0 : 1,
        body: {
          kind: "notice",
          endpoint: id,
          entry: entry.id,
          deployment: deployment?.id ?? "",
          posture,
        },
      }),
    );
}

/** Whether an entry is about one of these deployments; a policy is about all. */
const concerns = (
  entry: Entry,
  { id }: DeploymentState,
  deployments: ReadonlySet<string>,
): boolean => entry.kind === "policy.adopted" || deployments.has(id);

/** The `chat` of a pager's rows. */
export function pagesFor(pager: string): string {
  return `pager:${pager}`;
}

/**
 * One row for each pager and each escalation that the entry opened, ended, acknowledged, passed on
 * or made more severe.
 */
export function pageRows(
  { policy, state }: Situation,
  before: DeploymentState,
  entry: Entry,
): readonly SlottedRow[] {
  return turned(before, state, entry)
    .filter(mayPage)
    .flatMap(({ id, severity }) =>
      [...policy.wake.values()]
        .filter((pager) => pager.deployments.has(state.id) && pager.severities.has(severity))
        .map((pager) => {
          const passed = namesSomebody(entry);
          const body = { kind: "page", pager: pager.id, escalation: id, passed } as const;
          const key = `page:${pager.id}:${id}`;
          return slotted({ key, chat: pagesFor(pager.id), lane: state.id, urgency: 0, body });
        }),
    );
}

/**
 * Whether the entry asks somebody who was not asked before: they are paged even if somebody else
 * has acknowledged.
 */
const namesSomebody = (entry: Entry): entry is EntryOf<"authority.passed" | "oncall.changed"> =>
  entry.kind === "authority.passed" || (entry.kind === "oncall.changed" && entry.asked.length > 0);

/** Rehearsals never page, nor do restrictions that somebody makes without an open escalation. */
const mayPage = (escalation: EscalationState): boolean =>
  !isRehearsal(escalation) && escalation.trigger !== "by-hand";

/**
 * The escalations that the entry opened, closed, settled or reopened, and the one that it
 * acknowledged, passed on or made more severe.
 */
function turned(
  before: DeploymentState,
  after: DeploymentState,
  entry: Entry,
): readonly EscalationState[] {
  const named = meant(entry);
  const wasOpen = (id: EscalationId) => statusIn(before, id) === "open";
  const live = after.escalations.filter(
    ({ id, status }) => id === named || (status === "open") !== wasOpen(id),
  );
  const closed = before.escalations.filter(
    ({ id, status }) => status === "open" && statusIn(after, id) === undefined,
  );
  return [...live, ...closed];
}

function meant(entry: Entry): EscalationId | "" {
  if (entry.kind === "escalation.acknowledged" || namesSomebody(entry)) return entry.escalation;
  if (entry.kind === "escalation.updated" && entry.severity !== undefined) return entry.escalation;
  return "";
}

const statusIn = (
  state: DeploymentState,
  id: EscalationId,
): EscalationState["status"] | undefined =>
  state.escalations.find((escalation) => escalation.id === id)?.status;

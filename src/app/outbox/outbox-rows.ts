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

/** Who is told because of one entry: rows of the outbox, committed together with the entry. */

/** What a message needs to know of a chat. */
export type ToldChat = Pick<Chat, "name" | "direct" | "reaches" | "serves">;

/** A row and what it takes the place of within one change. */
export interface SlottedRow {
  readonly slot: string;
  readonly row: Outgoing;
}

/** A row that takes the place of the one with the same key, or with the same `slot`. */
export function slotted(row: Outgoing, slot = row.key): SlottedRow {
  return {
    slot: `${row.chat}/${slot}`,
    row,
  };
}

/**
 * The chats in which a channel of the policy is spoken to: those it is in. Where it is in none, all
 * are tried, since each then says to the operator what is missing, and asks people directly.
 */
export function chatsFor<T extends ToldChat>(chats: readonly T[], channel: string): readonly T[] {
  const serving = chats.filter((chat) => chat.direct && chat.serves(channel));
  return serving.length === 0
    ? chats
    : chats.filter((chat) => !chat.direct || chat.serves(channel));
}

/**
 * The card of an escalation in the chats of its channel, and in those of the one it `left`, if any,
 * where the copy says where it went.
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

/** What people were told of an escalation by themselves, to be brought to what is true. */
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

/** The sentences to channels and to people. */
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
  // Of several reminders of one date that a late tick finds at once, people are told the last.
  const slot = entry.kind.startsWith("reassessment.") ? `remind:${entry.subject}` : key;
  const body = { kind: "line", channel, escalation, to, line, version, buttons } as const;
  return slotted({ key, chat, lane: channel, urgency: 1, body }, slot);
}

/** To one of them alone, as far as the chat knows them. */
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

/** Somebody as they were reached before. */
export function formerly(
  id: PersonId,
  accounts: Pick<Person, "slack" | "teams">,
  now: Person | undefined,
): Person {
  return { ...(now ?? { id, key: "", name: "", pagerduty: null }), ...accounts };
}

/** A row to one person; none where the chat cannot reach them. */
export function personRow(
  chat: ToldChat,
  person: Person | undefined,
  row: Pick<Outgoing, "key" | "urgency" | "body">,
): readonly SlottedRow[] {
  if (!person || !chat.direct || !chat.reaches(person)) return [];
  return [slotted({ ...row, chat: chat.name, lane: `person:${person.id}` })];
}

/**
 * The `chat` under which an endpoint's rows wait: one each, so that no endpoint waits for another.
 */
export function noticesFor(endpoint: string): string {
  return `notify:${endpoint}`;
}

/** One row for each endpoint that is to hear of an entry. */
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
        // Names that no policy knows come from outside: they share a lane, and are not passed on.
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

/** A policy concerns every deployment it has. */
const concerns = (
  entry: Entry,
  { id }: DeploymentState,
  deployments: ReadonlySet<string>,
): boolean => entry.kind === "policy.adopted" || deployments.has(id);

/** The `chat` under which a pager's rows wait. */
export function pagesFor(pager: string): string {
  return `pager:${pager}`;
}

/**
 * One row for each pager and each escalation whose turn it is to ring, to be seen, or to be over.
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

/** Somebody is asked who was not before: they are woken although somebody else has seen it. */
const namesSomebody = (entry: Entry): entry is EntryOf<"authority.passed" | "oncall.changed"> =>
  entry.kind === "authority.passed" || (entry.kind === "oncall.changed" && entry.asked.length > 0);

/** Nobody is woken for practice, nor for what somebody who is awake has just done by hand. */
const mayPage = (escalation: EscalationState): boolean =>
  !isRehearsal(escalation) && escalation.trigger !== "by-hand";

/**
 * Escalations that opened, ended or opened again by an entry, and the one that was acknowledged,
 * passed on or got worse.
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

import { at, textAt } from "../../shared/json-path.ts";
import { teamsAnswer } from "../render/answer.ts";
import * as words from "../render/words.ts";
import { type Fields, isPersonal, senderOf, threadIn } from "./activity.ts";
import type { InboundContext } from "./inbound-context.ts";

/**
 * The app is added to a team, a chat or a person, or removed: the greeting, and the note to the
 * operator.
 */
export async function onInstalled(context: InboundContext, activity: Fields): Promise<void> {
  const us = textAt(activity, "recipient", "id");
  if (isRemoval(activity, us)) {
    const where = isPersonal(activity) ? "by a person" : "from a team or chat";
    context.report(new Error(`Teams says that the app was removed ${where}`), "teams");
    return;
  }
  if (isArrival(activity, us)) await greet(context, activity);
}

const isArrival = (activity: Fields, us: string): boolean =>
  textAt(activity, "type") === "installationUpdate"
    ? textAt(activity, "action") === "add"
    : has(activity, "membersAdded", us);

const isRemoval = (activity: Fields, us: string): boolean =>
  textAt(activity, "type") === "installationUpdate"
    ? textAt(activity, "action").startsWith("remove")
    : has(activity, "membersRemoved", us);

function has(activity: Fields, list: string, id: string): boolean {
  const members = at(activity, list);
  return (
    Array.isArray(members) && id !== "" && members.some((member) => textAt(member, "id") === id)
  );
}

/**
 * Teams reports an installation twice, and repeats each report that was not answered in time; the
 * greeting is sent once.
 */
async function greet(context: InboundContext, activity: Fields): Promise<void> {
  const sender = senderOf(activity);
  const { channel } = threadIn(sender.conversation);
  if (channel === "" || !(await isFirst(context, channel))) return;
  if (isPersonal(activity)) return context.reply(activity, await context.home(sender));
  const here = context.channelKey(channel);
  const nothing = { ok: true, choices: [], lines: [], next: null, file: null, form: null };
  const answer = { ...nothing, text: words.greeting(here === "" ? [] : [here]) };
  const buttonContext = { line: "", version: null, escalation: "", channel: here } as const;
  return context.reply(activity, teamsAnswer(answer, buttonContext));
}

async function isFirst({ store, clock }: InboundContext, conversation: string): Promise<boolean> {
  const key = `greeting:${conversation}`;
  if (!(await store.firstSight(`teams:${key}`)) || (await store.messageOf("teams", key)))
    return false;
  await store.saveMessage({
    chat: "teams",
    key,
    channel: "",
    escalation: "",
    to: [],
    place: "",
    body: null,
    at: clock.now(),
  });
  return true;
}

import { at, textAt } from "../any/reading.ts";
import { type Fields, isPersonal, senderOf, threadIn } from "./activity.ts";
import { teamsAnswer } from "./answer.ts";
import type { Room } from "./room.ts";
import * as words from "./words.ts";

/** The app comes to a team, a chat or a person, or is taken away: what is said once, and what an operator hears. */
export const onInstalled = async (room: Room, activity: Fields): Promise<void> => {
  const us = textAt(activity, "recipient", "id");
  if (isRemoval(activity, us)) {
    const where = isPersonal(activity) ? "by a person" : "from a team or chat";
    room.report(new Error(`Teams says that the app was removed ${where}`), "teams");
    return;
  }
  if (isArrival(activity, us)) await greet(room, activity);
};

const isArrival = (activity: Fields, us: string): boolean =>
  textAt(activity, "type") === "installationUpdate"
    ? textAt(activity, "action") === "add"
    : has(activity, "membersAdded", us);

const isRemoval = (activity: Fields, us: string): boolean =>
  textAt(activity, "type") === "installationUpdate"
    ? textAt(activity, "action").startsWith("remove")
    : has(activity, "membersRemoved", us);

const has = (activity: Fields, list: string, id: string): boolean => {
  const members = at(activity, list);
  return Array.isArray(members) && id !== "" && members.some((one) => textAt(one, "id") === id);
};

/** Teams tells of one arrival twice, and of each again when it was not answered in time: the greeting comes once. */
const greet = async (room: Room, activity: Fields): Promise<void> => {
  const sender = senderOf(activity);
  const { channel } = threadIn(sender.conversation);
  if (channel === "" || !(await isFirst(room, channel))) return;
  if (isPersonal(activity)) return room.reply(activity, await room.home(sender));
  const here = room.channelKey(channel);
  const nothing = { ok: true, choices: [], lines: [], next: null, file: null, form: null };
  const answer = { ...nothing, text: words.greeting(here === "" ? [] : [here]) };
  const ground = { line: "", version: null, escalation: "", channel: here } as const;
  return room.reply(activity, teamsAnswer(answer, ground));
};

const isFirst = async ({ store, clock }: Room, conversation: string): Promise<boolean> => {
  const key = `greeting:${conversation}`;
  if (!(await store.firstSight(`teams:${key}`)) || (await store.messageOf("teams", key)))
    return false;
  await store.saveMessage({
    ...{ chat: "teams", key, channel: "", escalation: "", to: [], place: "", body: null },
    at: clock.now(),
  });
  return true;
};

import { at, textAt } from "../any/reading.ts";
import { shortKey } from "../any/said.ts";
import { type Fields, isPersonal, senderOf, threadIn, typedLine } from "./activity.ts";
import { teamsAnswer } from "./answer.ts";
import { onSubmit } from "./pressed.ts";
import type { Room, SaidInTeams } from "./room.ts";

/** Lines that somebody typed: to the app directly, or with its mention in a channel or thread. */

/** Does what a message asks for; under a card its escalation is meant. */
export const onMessage = async (room: Room, activity: Fields): Promise<void> => {
  // A button of a client that knows no better comes as a message.
  if (at(activity, "value") !== undefined) return onSubmit(room, activity);
  const said = await saidIn(room, activity);
  // Teams sends a message again when it was not answered in time: what was said stays done, and is answered once.
  if (said.line === "home" && room.actors.foreign(said.sender) === null && said.isPrivate)
    return room.reply(activity, await room.home(said.sender));
  const answer = await room.ask(said);
  if (!(await room.store.firstSight(`${said.key}:answered`))) return;
  await room.reply(activity, teamsAnswer(answer, said));
};

const saidIn = async (room: Room, activity: Fields): Promise<SaidInTeams> => {
  const sender = senderOf(activity);
  const { channel, root } = threadIn(sender.conversation);
  const above = root === "" ? undefined : await room.store.messageAt("teams", `${channel}|${root}`);
  const line = typedLine(activity, (account, name) => keyOf(room, account, name));
  const said = textAt(activity, "id");
  return {
    sender,
    line: line === "" ? (isPersonal(activity) ? "home" : "help") : line,
    key: `teams:${sender.conversation}:${said === "" ? shortKey(line) : said}:${sender.account}`,
    version: null,
    escalation: above?.escalation ?? "",
    channel: room.channelKey(sender.conversation) || (above?.channel ?? ""),
    isPrivate: isPersonal(activity),
  };
};

/** How the policy calls somebody who was mentioned. Their name only says whom a line is about; it gives nobody a right. */
const keyOf = ({ people }: Room, account: string, name: string): string | null =>
  [...people().values()].find((one) =>
    account === "" ? one.name === name : one.teams?.toLowerCase() === account,
  )?.key ?? null;

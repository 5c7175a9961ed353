import { form, personIn, type Reply, type Room, type Said } from "../src/app/command.ts";
import type { Millis } from "../src/core/ids.ts";
import { restrict } from "../src/core/restrict.ts";
import { parseDuration } from "../src/core/time.ts";
import { answers } from "../src/core/words.ts";
import { deploymentField, reasonField, scopeField } from "./fields.ts";

/** What narrow and pause share: never refused for grammar. Words that are no clause are the reason. */
export const restricting = async (
  room: Room,
  said: Said,
  what: "narrow" | "pause",
  breakGlass = false,
): Promise<Reply> => {
  const [word = "", ...words] = said.rest.split(" ").filter((one) => one !== "");
  if (word === "" && said.invocation.escalation === null)
    return restrictForm(room, what, breakGlass);
  const target = await room.target(said, word);
  if ("refusal" in target) return target;
  const { to, askAgainIn, left } = taken(words, what);
  const unread = askAgainIn === null ? durationMeant(left) : null;
  const reason = [left.join(" "), said.reason].filter((part) => part !== "").join(" because ");
  const { version } = said.invocation;
  const actor = personIn(said);
  const asked = {
    do: what,
    to,
    askAgainIn,
    actor,
    breakGlass,
    version,
    escalation: target.escalation,
  };
  const reply = await room.decide({ ...said, reason }, target, what, (situation, committed) =>
    restrict(situation, { ...asked, reason: committed }),
  );
  if (unread === null || "refusal" in reply) return reply;
  return { ...reply, text: `${reply.text} ${answers.noDuration(unread)}` };
};

const unit = /^(second|minute|hour|day|night|week|fortnight|month|quarter|year)s?$/i;

/** “for 1 fortnight”: words that were meant as a duration and are none we can read. Null where there are none. */
const durationMeant = (left: readonly string[]): string | null => {
  for (const [at, word] of left.entries()) {
    if (word.toLowerCase() !== "for") continue;
    const [count = "", of = ""] = left.slice(at + 1, at + 3);
    if (unit.test(of)) return `for ${count} ${of}`;
    if (/^\d/.test(count)) return `for ${count}`;
  }
  return null;
};

interface Taken {
  readonly to: string | null;
  readonly askAgainIn: Millis | null;
  readonly left: readonly string[];
}

/** Takes `to <scope>` and `for <duration>` out of the words; whatever does not fit stays a word of the reason. */
const taken = (words: readonly string[], what: "narrow" | "pause"): Taken => {
  const left: string[] = [];
  let to: string | null = null;
  let askAgainIn: Millis | null = null;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]?.toLowerCase();
    const next = words[at + 1];
    const duration = word === "for" && next !== undefined ? parseDuration(next) : null;
    if (what === "narrow" && word === "to" && to === null && next !== undefined) {
      to = next;
      at += 1;
    } else if (duration !== null && askAgainIn === null) {
      askAgainIn = duration;
      at += 1;
    } else left.push(words[at] ?? "");
  }
  return { to, askAgainIn, left };
};

const restrictForm = async (
  room: Room,
  what: "narrow" | "pause",
  breakGlass: boolean,
): Promise<Reply> => {
  const policy = room.rules.policy((await room.look([])).org.policy);
  const fields = [
    deploymentField(policy),
    ...(what === "narrow" ? [scopeField(policy)] : []),
    reasonField(false),
  ];
  const command = breakGlass ? `breakglass ${what}` : what;
  return form(what === "narrow" ? "Narrow what?" : "Pause what?", command, fields);
};

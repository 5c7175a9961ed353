import { form, personIn, type Reply, type Room, refused, type Said } from "../src/app/command.ts";
import { watch } from "../src/core/decision.ts";
import type { Instant, PersonId } from "../src/core/ids.ts";
import type { Refusal } from "../src/core/refusal.ts";
import { parseDate } from "../src/core/time.ts";
import { clausesOf, isNo, personNamed } from "./clauses.ts";
import { deploymentField, reasonField, wordField } from "./fields.ts";

/** What retest and monitor share: answers that restrict nothing. */
export const watching = async (
  room: Room,
  said: Said,
  what: "retest" | "monitor",
  usage: string,
): Promise<Reply> => {
  const { loose, clauses } = clausesOf(said.rest, ["by"]);
  const [word = "", ...names] = loose;
  const desk = await room.look([]);
  const policy = room.rules.policy(desk.org.policy);
  if (word === "" && said.invocation.escalation === null) {
    const field =
      what === "retest" ? wordField("word", "Suite") : wordField("word", "Rule or source");
    return form(what === "retest" ? "Re-test what?" : "Monitor what?", what, [
      deploymentField(policy),
      field,
      reasonField(false),
    ]);
  }
  const target = await room.target(said, word);
  if ("refusal" in target) return target;
  const name = names.join(" ").slice(0, 200);
  if (name === "") {
    const problem =
      what === "retest" ? "Say which suite." : "Say which rule or source, or: none yet.";
    return refused({ refused: "usage", usage, problem }, target.deployment);
  }
  const zone = policy.deployments.get(target.deployment)?.hours.timezone ?? "UTC";
  const by = whoAndWhen(room, clauses.get("by") ?? [], zone, desk.now);
  if (isNo(by)) return refused(by, target.deployment);
  const figures = what === "retest" ? { suite: name, monitor: "" } : { suite: "", monitor: name };
  const asked = {
    do: what,
    actor: personIn(said),
    escalation: target.escalation,
    breakGlass: false,
    version: said.invocation.version,
    ...figures,
    ...by,
  };
  return room.decide(said, target, what, (situation, reason) =>
    watch(situation, { ...asked, reason }),
  );
};

/** `by erin by friday`: each is a time if it reads as one, else a person. */
const whoAndWhen = (
  room: Room,
  texts: readonly string[],
  zone: string,
  now: Instant,
): { by: PersonId | ""; due: Instant | null } | Refusal => {
  let by: PersonId | "" = "";
  let due: Instant | null = null;
  for (const text of texts) {
    const time = parseDate(text, zone, now);
    const person = time === null ? personNamed(text, room.rules.people()) : null;
    if (time !== null && time <= now) return { refused: "in-the-past", text };
    if (time !== null) due = time;
    else if (typeof person === "string") by = person;
    else if (person !== null) return person;
  }
  return { by, due };
};

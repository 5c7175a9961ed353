import { form, personIn, type Reply, type Room, refused, type Said } from "../src/app/command.ts";
import type { Instant, PersonId } from "../src/core/ids.ts";
import type { Refusal } from "../src/core/refusal.ts";
import { parseDate } from "../src/core/time.ts";
import { watch } from "../src/core/watch.ts";
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
  if (word === "" && said.invocation.escalation === null) return watchForm(room, what);
  const target = await room.target(said, word);
  if ("refusal" in target) return target;
  const name = names.join(" ").slice(0, 200);
  if (name === "") {
    const problem =
      what === "retest" ? "Say which suite." : "Say which rule or source, or: none yet.";
    return refused({ refused: "usage", usage, problem }, target.deployment);
  }
  const by = await whoAndWhen(room, target.deployment, clauses.get("by") ?? []);
  if (isNo(by)) return refused(by, target.deployment);
  const asked = {
    do: what,
    actor: personIn(said),
    escalation: target.escalation,
    breakGlass: false,
    version: said.invocation.version,
    suite: what === "retest" ? name : "",
    monitor: what === "monitor" ? name : "",
    ...by,
  };
  return room.decide(said, target, what, (situation, reason) =>
    watch(situation, { ...asked, reason }),
  );
};

const watchForm = async (room: Room, what: "retest" | "monitor"): Promise<Reply> => {
  const policy = room.rules.policy((await room.look([])).org.policy);
  const retest = what === "retest";
  const fields = [
    deploymentField(policy),
    wordField("word", retest ? "Suite" : "Rule or source"),
    reasonField(false),
  ];
  return form(retest ? "Re-test what?" : "Monitor what?", what, fields);
};

/** `by erin by friday`: each is a time if it reads as one, else a person. */
const whoAndWhen = async (
  room: Room,
  deployment: string,
  texts: readonly string[],
): Promise<{ by: PersonId | ""; due: Instant | null } | Refusal> => {
  const desk = await room.look([]);
  const policy = room.rules.policy(desk.org.policy);
  const zone = policy.deployments.get(deployment)?.hours.timezone ?? "UTC";
  let by: PersonId | "" = "";
  let due: Instant | null = null;
  for (const text of texts) {
    const time = parseDate(text, zone, desk.now);
    if (time !== null && time <= desk.now) return { refused: "in-the-past", text };
    if (time !== null) due = time;
    else {
      const person = personNamed(text, room.rules.people());
      if (isNo(person)) return person;
      by = person;
    }
  }
  return { by, due };
};

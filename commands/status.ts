import { type Command, refused, told } from "../src/app/command.ts";
import type { Line } from "../src/core/card.ts";
import { proposalLine } from "../src/core/lines.ts";
import { isAway } from "../src/core/situation.ts";
import { clock, clockInZone, nameOf, scopeWordsOf, type Telling } from "../src/core/telling.ts";
import * as words from "../src/core/words.ts";
import { oddWords } from "./clauses.ts";

export const status: Command = {
  name: "status",
  usage: "status [deployment]",
  summary: "what each deployment may do now, and until when",
  anybody: true,
  run: async (room, said) => {
    const desk = await room.look([]);
    const all = [...room.rules.policy(desk.org.policy).deployments.keys()];
    if (said.words.length === 0) {
      const lines: Line[] = [];
      for (const id of all) lines.push(statusLine(await room.telling(id)));
      return told("Now:", lines);
    }
    const target = await room.target(said, said.words);
    if ("refusal" in target) return target;
    if (target.left.length > 0) return oddWords(target.left, status.usage);
    const telling = await room.telling(target.deployment);
    if (!telling.situation.state.posture)
      return refused({
        refused: "unknown-deployment",
        name: target.deployment,
        nearest: all.slice(0, 3),
      });
    return told("Now:", [statusLine(telling), ...openLines(telling)]);
  },
};

const statusLine = (telling: Telling): Line => {
  const { state, policy } = telling.situation;
  const name = policy.deployments.get(state.id)?.name ?? state.id;
  const { posture, reassess } = state;
  if (!posture) return [name, ": not started yet"];
  const by = posture.decided
    ? ` by ${posture.decided.people.map((one) => nameOf(telling, one)).join(" and ") || "policy"}`
    : "";
  const again = reassess
    ? `. ${words.review(clockInZone(telling, reassess.by), reassess.by < telling.situation.now)}`
    : "";
  return [
    { untrusted: name },
    `: ${scopeWordsOf(telling, posture.scope)} since ${clock(telling, posture.since)}${by}${again}`,
  ];
};

const openLines = (telling: Telling): readonly Line[] => {
  const { situation } = telling;
  const { escalations } = situation.state;
  const open = escalations
    .filter((one) => one.status === "open")
    .map((one): Line => {
      const away = one.decider !== "" && isAway(situation, one.decider) ? " (away)" : "";
      const decides = one.decider === "" ? "" : `: ${nameOf(telling, one.decider)}${away} decides`;
      return [
        `${one.id} is open${decides}${one.decideBy === null ? "" : ` until ${clockInZone(telling, one.decideBy)}`}`,
      ];
    });
  return [...proposalLine(telling), ...open];
};

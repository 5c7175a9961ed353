import {
  type Command,
  personIn,
  type Reply,
  type Room,
  refused,
  type Said,
  type Target,
} from "../src/app/command.ts";
import { acknowledge } from "../src/core/escalation.ts";
import { escalationIn } from "../src/core/situation.ts";

export const ack: Command = {
  name: "ack",
  usage: "ack [HP-…]",
  summary: "“I have seen it”; takes no decision away from anybody",
  anybody: false,
  run: async (room, said) => {
    const [word = ""] = said.rest.split(" ");
    const target =
      word === "" && said.invocation.escalation === null
        ? await onlyOpen(room, said)
        : await room.target(said, word);
    if ("refusal" in target) return target;
    const { escalation, deployment } = target;
    if (escalation === null) return onDeployment(room, said, deployment);
    return acking(room, said, { deployment, escalation });
  },
};

const acking = (room: Room, said: Said, target: Target): Promise<Reply> =>
  room.decide(said, target, "ack", (situation, reason) => {
    const one = target.escalation && escalationIn(situation.state, target.escalation);
    if (!one) return { refused: "closed", escalation: target.escalation ?? "HP-0" };
    return acknowledge(situation, one, personIn(said), reason);
  });

/** Bare: the channel's only open escalation. */
const onlyOpen = async (room: Room, { invocation }: Said) => {
  const live = (await room.store.liveEscalations()).filter(
    (one) =>
      one.status === "open" && (invocation.channel === null || one.channel === invocation.channel),
  );
  const [only] = live;
  if (!only) return refused({ refused: "nothing-open", deployment: null });
  if (live.length > 1)
    return refused({
      refused: "several-open",
      asked: "ack",
      escalations: live.map((one) => one.id),
    });
  return { deployment: only.deployment, escalation: only.id };
};

const onDeployment = async (room: Room, said: Said, deployment: string): Promise<Reply> => {
  const open = (await room.look([deployment]))
    .state(deployment)
    .escalations.filter((one) => one.status === "open");
  const [only] = open;
  if (!only) return refused({ refused: "nothing-open", deployment }, deployment);
  if (open.length > 1)
    return refused(
      { refused: "several-open", asked: "ack", escalations: open.map((one) => one.id) },
      deployment,
    );
  return acking(room, said, { deployment, escalation: only.id });
};

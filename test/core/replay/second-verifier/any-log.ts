import { rehearse } from "../../../../src/core/decision/rehearsal.ts";
import { report } from "../../../../src/core/escalation/enforcement.ts";
import type { Draft } from "../../../../src/core/state/situation.ts";
import { rfc3339 } from "../../../../src/core/time.ts";
import { days, hours, id, type Key, minutes, seenWith } from "../../../support/builders.ts";
import { Log, say } from "../../../support/core-log.ts";
import { policies } from "./any-policy.ts";
import type { Pick } from "./pick.ts";

/** Honest logs: what people, signals, time and new policies bring about by the rules. */

const actors: readonly Key[] = ["ana", "bob", "chidi", "dana", "erin", "frank"];
const scopes = ["full", "no-tools", "staff", "paused"];
const words = ["ack", "narrow", "pause", "resume", "keep", "retest", "monitor", "undo"];
const triggers = ["jailbreak-rate", "refusal-collapse", "score-unavailable", "unmatched", "raised"];
const lengths = [1, minutes(1), minutes(10), minutes(21), hours(1), hours(9), days(1), days(9)];

export function anyLog(pick: Pick): Log {
  const log = new Log(pick.of(policies).policy);
  const steps = 4 + pick.below(20);
  for (let step = 0; step < steps; step += 1) pick.of(moves)(log, pick);
  return log;
}

type Move = (log: Log, pick: Pick) => void;

const speak: Move = (log, pick) => {
  const word = pick.of(words);
  const glass = pick.rarely(5) ? "breakglass " : "";
  const about = pick.rarely(2) ? ` HP-${1 + pick.below(3)}` : "";
  const to = pick.rarely(2) ? ` to ${pick.of(scopes)}` : "";
  const named = about === "" ? "HP-1" : about.trim();
  if (word === "ack" && !log.state.escalations.some((found) => found.id === named)) return;
  say(log, pick.of(actors), `${glass}${word}${about}${to}`);
};

/** A pause that is resumed: what is widened most often. */
const round: Move = (log, pick) => {
  say(log, pick.of(["chidi", "erin", "dana"]), "pause");
  log.wait(minutes(1 + pick.below(5)));
  say(log, "chidi", "resume to full");
  say(log, pick.of(["erin", "frank"]), "resume");
  say(log, pick.of(["erin", "frank", "bob"]), "resume");
};

const fire: Move = (log, pick) => {
  const name = pick.of(triggers);
  const { triggers: written } = log.situation.policy;
  if (!written.has(name) && name !== "unmatched" && name !== "raised") return;
  const seen = seenWith({ value: pick.of(["0.06", "0.082", "0.091", "0.2"]) });
  log.fire(name, {
    ...(name === "raised" && { actor: { type: "person", person: id("bob") } }),
    ...(name === "jailbreak-rate" && { seen }),
  });
};

const adopt: Move = (log, pick) => {
  const { policy } = pick.of(policies);
  const known = policy.deployments.get("assistant-prod")?.scopes.map((scope) => scope.id) ?? [];
  if (policy.digest === log.situation.policy.digest) return;
  if (["paused", ...known].includes(log.scope)) log.adopt(policy);
};

/** A session by a login link of the operator, and what is said in it. */
const session: Move = (log, pick) => {
  const who = pick.of(actors);
  const add = (draft: Draft) => log.add([draft])[0]?.id ?? "";
  const expires = rfc3339(log.now + minutes(10));
  const person = id(who);
  const issued = add({
    actor: { type: "operator" },
    body: { kind: "session.issued", person, expires },
  });
  const actor = { type: "person", person } as const;
  add({ actor, body: { kind: "session.used", person, issued, expires } });
  log.link = issued;
  say(log, who, pick.of(["pause", "resume to full", "resume", "keep"]));
  log.link = null;
  if (pick.rarely(2))
    add({ actor, body: { kind: "session.ended", person, issued: [issued], because: "logout" } });
};

/** A session of somebody who signed in at an issuer, and what is said in it. */
const signIn: Move = (log, pick) => {
  const who = pick.of(actors);
  const person = id(who);
  const actor = { type: "person", person } as const;
  const expires = rfc3339(log.now + minutes(10));
  const oidc = { of: "oidc" as const, value: log.text("sub-1") };
  if (log.situation.org.bound[person]?.oidc === undefined)
    log.add([
      {
        actor: { type: "operator" },
        body: { kind: "identity.bound", bound: [{ person, parts: [oidc] }] },
      },
    ]);
  const by = { account: "oidc" as const, issuer: "https://issuer.example" };
  const [issued] = log.add([
    { actor, body: { kind: "session.issued", person, expires, signIn: by } },
  ]);
  log.add([{ actor, body: { kind: "session.used", person, issued: issued?.id ?? "", expires } }]);
  say(log, who, pick.of(["pause", "resume", "keep"]));
};

/** An account that somebody links, with or without a login link, and uses. */
const account: Move = (log, pick) => {
  const who = pick.of(actors);
  if (log.situation.org.linked[id(who)]?.includes("slack")) return;
  const body = { kind: "identity.linked", person: id(who), chat: "slack" } as const;
  log.add([
    { actor: { type: "person", person: id(who) }, body: { ...body, account: log.text("U1") } },
  ]);
  log.surface = "slack";
  say(log, who, pick.of(["pause", "narrow to staff", "resume"]));
  log.surface = "console";
};

/** A rehearsal, which time ends. */
const rehearsal: Move = (log, pick) =>
  void log.decide((situation) =>
    rehearse(situation, { type: "person", person: id(pick.of(actors)) }),
  );

const gateway: Move = (log, pick) => {
  const name = pick.of(["edge", "core"]);
  const version = log.state.posture?.version ?? 0;
  const drafts = report(log.situation, name, Math.max(1, version - pick.below(2)));
  if (!("is" in drafts)) log.add(drafts);
};

/** Nothing looks at what is due meanwhile. */
function moveClock(log: Log, by: number): void {
  log.now += by;
}

const moves: readonly Move[] = [
  ...Array<Move>(9).fill(speak),
  ...Array<Move>(3).fill(round),
  ...Array<Move>(4).fill(fire),
  ...Array<Move>(4).fill((log, pick) => void log.wait(pick.of(lengths))),
  (log, pick) => moveClock(log, pick.of([days(1), -minutes(1)])),
  (log) => moveClock(log, days(1)),
  (log, pick) => log.away(pick.of(actors), log.now + hours(5)),
  (log, pick) => void log.unreachable.add(id(pick.of(actors))),
  adopt,
  adopt,
  session,
  signIn,
  account,
  rehearsal,
  gateway,
  gateway,
];

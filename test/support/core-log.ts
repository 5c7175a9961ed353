import type { ViewContext } from "../../src/core/card/view-context.ts";
import { applyDeadlines } from "../../src/core/deadlines.ts";
import { keep } from "../../src/core/decision/keep.ts";
import { lapse, respondFirst, restrict } from "../../src/core/decision/restrict.ts";
import { resume } from "../../src/core/decision/resume.ts";
import { watch } from "../../src/core/decision/retest-or-monitor.ts";
import type { Requested } from "../../src/core/decision/since-request.ts";
import { undo } from "../../src/core/decision/undo.ts";
import { acknowledge } from "../../src/core/escalation/acknowledgement.ts";
import { liveFor, open } from "../../src/core/escalation/escalation.ts";
import { shownAfter, shownOf } from "../../src/core/escalation/shown-conditions.ts";
import { liveUnmatched } from "../../src/core/escalation/unmatched.ts";
import type {
  Commitment,
  EntryId,
  EscalationId,
  Instant,
  Millis,
  PersonId,
} from "../../src/core/ids.ts";
import type { Entry, NamedSignal, SignalEvidence, SignalName } from "../../src/core/log/entry.ts";
import type { Surface } from "../../src/core/log/entry-fields.ts";
import type { Actor } from "../../src/core/people/person.ts";
import type { Policy } from "../../src/core/policy/model.ts";
import { relaxationsOf } from "../../src/core/policy/relaxations/relaxations.ts";
import type { Severity } from "../../src/core/policy/severity.ts";
import type { Since } from "../../src/core/reassessment/changes-since-decision.ts";
import { firstLook } from "../../src/core/reassessment/reassessment.ts";
import type { EscalationEvidence } from "../../src/core/state/evidence.ts";
import { emptyFold } from "../../src/core/state/fold.ts";
import { Ledger } from "../../src/core/state/ledger.ts";
import { isRefusal, type Refusal } from "../../src/core/state/refusal.ts";
import {
  type BodyOf,
  type Draft,
  isAcknowledgeOnly,
  type Situation,
} from "../../src/core/state/situation.ts";
import type { DeploymentState, EscalationState } from "../../src/core/state/state.ts";
import { rfc3339 } from "../../src/core/time.ts";
import { id, judgedAs, type Key, people, policyWith, seenWith, tuesdayNight } from "./builders.ts";

/**
 * A log in memory, with the core alone and a clock that the test sets, and the commands that people
 * give.
 */

const elapsesAtMost = 500;

/**
 * Entries and the state folded from them, as in the unit of work, with a clock that the test sets.
 */
export class Log {
  now: Instant;
  readonly entries: Entry[] = [];
  readonly unreachable = new Set<PersonId>();
  /** People whom a chat asks directly. */
  readonly asked = new Set<PersonId>();
  /** The login link of the person who acts now. */
  link: EntryId | null = null;
  /** The surface that commands come from. */
  surface: Surface = "console";
  readonly evidence = new Map<EscalationId, EscalationEvidence>();
  readonly texts = new Map<Commitment, string>();
  gateways = 0;
  since: Since | null = null;
  requested: Requested | null = null;
  /** The time of the last entry: later than the clock where another replica's was ahead. */
  headAt: Instant = 0;
  readonly #deployment = "assistant-prod";
  readonly #ledger = new Ledger({ ...emptyFold, deployments: new Map() });
  readonly #policies = new Map<string, Policy>();

  constructor(policy: Policy = policyWith(), at: Instant = tuesdayNight) {
    this.now = at;
    this.adopt(policy);
  }

  get policies(): ReadonlyMap<string, Policy> {
    return this.#policies;
  }

  get state(): DeploymentState {
    return this.#ledger.state(this.#deployment);
  }

  get scope(): string {
    return this.state.posture?.scope ?? "";
  }

  get situation(): Situation {
    return {
      now: this.now,
      policy: this.#policyOf(this.#ledger.org.policy),
      pinned: (digest) => this.#policyOf(digest),
      org: this.#ledger.org,
      state: this.state,
      lastNumber: this.#ledger.numbers.escalations,
      unreachable: (person) => this.unreachable.has(person),
      asksPerson: (person) => this.asked.has(person),
      link: this.link,
      evidence: this.evidence,
    };
  }

  get viewContext(): ViewContext {
    return {
      situation: this.situation,
      people,
      texts: this.texts,
      indexOf: (entry) => this.entries.findIndex((item) => item.id === entry),
      since: this.since,
      requested: this.requested,
    };
  }

  #policyOf(digest: string): Policy {
    const policy = this.#policies.get(digest);
    if (!policy) throw new Error(`the test adopted no policy ${digest}`);
    return policy;
  }

  adopt(policy: Policy): void {
    this.#policies.set(policy.digest, policy);
    const before = this.#ledger.org.policy;
    const looser = before === "" ? [] : relaxationsOf(this.#policyOf(before), policy);
    const started = [...policy.deployments.values()]
      .filter((deployment) => deployment.id !== this.state.id || this.state.posture === null)
      .map((deployment) => ({
        deployment: deployment.id,
        scope: deployment.starts,
        reassessBy: rfc3339(firstLook(deployment, this.now)),
      }));
    this.add([
      {
        actor: { type: "operator" },
        body: { kind: "policy.adopted", digest: policy.digest, before, looser, started },
      },
    ]);
  }

  /** Stamps drafts and folds them. */
  add(drafts: readonly Draft[]): readonly Entry[] {
    return drafts.map(({ actor, body }) => {
      const isOfOrg = /^(?:policy\.adopted|person|session|identity)/.test(body.kind);
      const subject = isOfOrg ? "org" : (`deployment:${this.state.id}` as const);
      const { entry } = this.#ledger.append(
        {
          id: `e_${this.entries.length}`,
          origin: "test",
          surface: this.surface,
          subject,
          now: this.now,
          headAt: this.headAt,
          link: this.link,
        },
        { actor, body },
      );
      this.entries.push(entry);
      this.headAt = Math.max(this.now, this.headAt);
      return entry;
    });
  }

  /** Asks the core and stores the entries it returns, or returns the refusal. */
  decide(ask: (situation: Situation) => readonly Draft[] | Refusal): readonly Entry[] | Refusal {
    const answer = ask(this.situation);
    return isRefusal(answer) ? answer : this.add(answer);
  }

  /** Moves the clock and does what is due, as the tick does. Returns the new entries. */
  wait(length: Millis): readonly Entry[] {
    this.now += length;
    return this.tick();
  }

  /** Does what is due until nothing is; fails if that never ends. */
  tick(): readonly Entry[] {
    const done: Entry[] = [];
    for (let step = 0; step < elapsesAtMost; step += 1) {
      const drafts = applyDeadlines(this.situation);
      if (drafts.length === 0) return done;
      done.push(...this.add(drafts));
    }
    throw new Error(`time did not come to rest in ${elapsesAtMost} steps`);
  }

  /** A signal fires a trigger: joins its live escalation or opens one, as the evaluator does. */
  fire(name: string, parts: Partial<FiringSignal> = {}): EscalationId {
    const { about } = parts;
    const live = about ? liveUnmatched(this.state, about) : liveFor(this.state, name);
    const seen = parts.seen === undefined ? seenWith() : parts.seen;
    const id: EscalationId = live?.id ?? `HP-${this.#ledger.numbers.escalations + 1}`;
    if (!live) {
      const lapsed = name === "unmatched" ? [] : this.#lapsed();
      const opening = { id, name, seen, ...this.#written(name, parts) };
      this.add([...lapsed, ...open(this.situation, opening)]);
      const asked = liveFor(this.state, name);
      if (asked && opening.trigger?.actsFirst) this.add(respondFirst(this.situation, asked));
    }
    if (seen) this.#count(id, seen, parts);
    return id;
  }

  /** The default contents of an opened escalation. */
  #written(name: string, parts: Partial<FiringSignal>) {
    const trigger = this.situation.policy.triggers.get(name) ?? null;
    return {
      trigger,
      severity: parts.severity ?? trigger?.severity ?? ("warning" as const),
      verdict: parts.verdict ?? ("fired" as const),
      because: parts.because ?? "signal.value 0.082 > 0.05",
      reason: this.text(parts.reason ?? ""),
      actor: parts.actor ?? ({ type: "policy" } as const),
      ...(parts.about ? { about: parts.about } : {}),
      ...(parts.named ? { named: parts.named } : {}),
    };
  }

  /** A signal without a trigger becomes more severe. */
  raise(
    escalation: EscalationId,
    severity: Severity,
    named?: readonly NamedSignal[],
  ): readonly Entry[] {
    const { worst, seen } = this.escalation(escalation);
    const body = {
      ...({ kind: "escalation.updated", verdict: "fired" } as const),
      escalation,
      firing: true,
      worst,
      seen,
      severity,
      ...(named ? { named } : {}),
    };
    return this.add([{ actor: { type: "policy" }, body }]);
  }

  #lapsed(): readonly Draft[] {
    return lapse(this.situation, "escalation opened").map((body) => ({
      actor: { type: "policy" },
      body,
    }));
  }

  #count(
    id: EscalationId,
    seen: SignalEvidence,
    { signals = 1, firing = true, verdict = "fired" }: Partial<FiringSignal>,
  ): void {
    const before = this.evidence.get(id);
    const value = Number(seen.value);
    const told = shownOf(this.escalation(id), before);
    const is = verdict === "none" ? "fired" : verdict;
    const judged = { ...judgedAs(seen, this.now), verdict: { is, because: "" } };
    this.evidence.set(id, {
      signals: (before?.signals ?? 0) + signals,
      firstAt: before?.firstAt ?? this.now,
      lastAt: this.now,
      firing,
      firingConditions: firing ? 1 : 0,
      lowest: Math.min(before?.lowest ?? value, value),
      highest: Math.max(before?.highest ?? value, value),
      fired: (before?.fired ?? false) || verdict !== "indeterminate",
      names: 1,
      shown: before ? shownAfter(told, judged) : null,
    });
  }

  /** A text as the log knows it. */
  text(text: string): Commitment | "" {
    if (text === "") return "";
    const commitment = `c_${this.texts.size}`;
    this.texts.set(commitment, text);
    return commitment;
  }

  away(key: Key, until: Instant): void {
    const actor: Actor = { type: "person", person: id(key) };
    this.add([{ actor, body: { kind: "person.away", person: id(key), until: rfc3339(until) } }]);
  }

  escalation(which: EscalationId): EscalationState {
    const found = this.state.escalations.find((escalation) => escalation.id === which);
    if (!found) throw new Error(`${which} is not live`);
    return found;
  }

  /** Escalations somebody has to decide. */
  get undecided(): readonly EscalationId[] {
    return this.state.escalations
      .filter((escalation) => escalation.status === "open" && !isAcknowledgeOnly(escalation))
      .map((escalation) => escalation.id);
  }
}

interface FiringSignal {
  readonly about: SignalName;
  readonly named: readonly NamedSignal[];
  readonly seen: SignalEvidence | null;
  readonly severity: "info" | "warning" | "high" | "critical";
  readonly verdict: "fired" | "indeterminate" | "none";
  readonly because: string;
  readonly reason: string;
  readonly actor: Actor;
  readonly signals: number;
  readonly firing: boolean;
}

/** The bodies of one kind among entries, in order. */
export function of<K extends Entry["kind"]>(
  entries: readonly Entry[],
  kind: K,
): readonly (Entry & BodyOf<K>)[] {
  return entries.filter((entry): entry is Entry & BodyOf<K> => entry.kind === kind);
}

interface Saying {
  readonly version?: number | null;
  readonly reason?: string;
  readonly askAgainIn?: Millis | null;
}

/**
 * A typed line, parsed loosely: `pause`, `narrow HP-1 to staff`, `breakglass resume to full`, `undo
 * HP-1`.
 */
const ask =
  (log: Log, who: Key, line: string, saying: Saying = {}) =>
  (situation: Situation): readonly Draft[] | Refusal => {
    const { command, to, ...rest } = wordsOf(line);
    const asked = {
      ...rest,
      actor: id(who),
      reason: log.text(saying.reason ?? "said so"),
      version: saying.version ?? null,
    };
    const escalation = asked.escalation ?? "HP-1";
    switch (command) {
      case "ack":
        return acknowledge(situation, {
          escalation: log.escalation(escalation),
          actor: asked.actor,
        });
      case "narrow":
      case "pause":
        return restrict(situation, {
          ...asked,
          do: command,
          to,
          askAgainIn: saying.askAgainIn ?? null,
        });
      case "resume":
        return resume(situation, { ...asked, to });
      case "keep":
        return keep(situation, asked);
      case "retest":
      case "monitor":
        return watch(situation, {
          ...asked,
          do: command,
          suite: command === "retest" ? "jailbreak" : "",
          by: "",
          due: command === "retest" ? situation.now + 172_800_000 : null,
          monitor: "",
        });
      case "undo":
        return undo(situation, { ...asked, escalation });
    }
  };

const commands = ["ack", "narrow", "pause", "resume", "keep", "retest", "monitor", "undo"] as const;

function wordsOf(line: string) {
  const words = line.split(" ");
  const breakGlass = words[0] === "breakglass";
  const command = commands.find((command) => command === words[breakGlass ? 1 : 0]);
  if (!command) throw new Error(`the tests know no command ${line}`);
  const named = words.find((word): word is EscalationId => word.startsWith("HP-"));
  const to = words.includes("to") ? (words[words.indexOf("to") + 1] ?? null) : null;
  return { command, breakGlass, escalation: named ?? null, to };
}

/** Runs a line and stores its entries, or returns the refusal. */
export function say(
  log: Log,
  who: Key,
  line: string,
  saying: Saying = {},
): readonly Entry[] | Refusal {
  return log.decide(ask(log, who, line, saying));
}

/** Runs a line that must not be refused. */
export function said(log: Log, who: Key, line: string, saying: Saying = {}): readonly Entry[] {
  const answer = say(log, who, line, saying);
  if (isRefusal(answer)) throw new Error(`${who}: ${line} was refused: ${JSON.stringify(answer)}`);
  return answer;
}

/** Runs a line that must be refused. */
export function refused(log: Log, who: Key, line: string, saying: Saying = {}): Refusal {
  const answer = say(log, who, line, saying);
  if (!isRefusal(answer)) throw new Error(`${who}: ${line} was not refused`);
  return answer;
}

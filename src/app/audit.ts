import { holders } from "../core/authority.ts";
import { postureButtons } from "../core/card-of.ts";
import { foldDeployment, unheardOf } from "../core/fold.ts";
import { historyLine } from "../core/history.ts";
import { type EscalationId, escalationNumber, type Instant } from "../core/ids.ts";
import { nameOf, scopeWordsOf, type Telling } from "../core/lines.ts";
import { levelOf, paused, stateWord } from "../core/posture.ts";
import { deploymentOf } from "../core/situation.ts";
import type { Decided, DeploymentState, EscalationState } from "../core/state.ts";
import { rfc3339 } from "../core/time.ts";
import { plain } from "../core/words.ts";
import { withRecords } from "./decide.ts";
import { newestCard } from "./deliver.ts";
import type { Journal } from "./journal.ts";
import type { EntryFilter, HistoryView, PostureView, Recorded, Store, Views } from "./ports.ts";
import type { Rules } from "./rules.ts";

/** What pages and read routes show, read from the projections and, for the past, from the log itself. */

export interface AuditParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: Rules;
}

const newestFirst = (a: EscalationState, b: EscalationState): number => {
  const rank = (one: EscalationState) => (one.status === "open" ? 0 : 1);
  return rank(a) - rank(b) || escalationNumber(b.id) - escalationNumber(a.id);
};

export const createViews = (parts: AuditParts): Views => {
  const { store, journal, rules } = parts;

  const tellingOf = async (id: string): Promise<Telling> =>
    withRecords(store, await journal.look([id]), id);

  return {
    cards: async () => {
      const live = [...(await store.liveEscalations())].sort(newestFirst).slice(0, 50);
      const cards = await Promise.all(live.map(({ id }) => newestCard(parts, id)));
      return cards.filter((card) => card !== undefined);
    },
    card: (id) => newestCard(parts, id),
    postures: async () => {
      const desk = await journal.look([]);
      const tellings = await Promise.all(
        [...rules.policy(desk.org.policy).deployments.keys()].map(tellingOf),
      );
      return tellings.flatMap(postureView);
    },
    history: async (filter) => {
      const found = await store.entries(filter);
      const telling = await tellingWithTexts(parts, found);
      return found.map((recorded) => historyView(telling, recorded));
    },
    notices: async (limit) => {
      const messages = await store.messages("console", limit * 2);
      const lines = messages.filter((one) => one.key.startsWith("line:")).slice(0, limit);
      return lines.map(({ at, body, to, escalation }) => ({
        at,
        text:
          typeof body === "object" && body !== null && "text" in body
            ? String(body.text)
            : String(body),
        to: to.map((person) => rules.person(person)?.name ?? "somebody"),
        escalation,
      }));
    },
    people: async () => {
      const { policy } = (await journal.look([])).situation("");
      return [...rules.people().values()].filter((person) => policy.people.has(person.id));
    },
    head: async () => {
      const [head, checkpoint] = await Promise.all([store.head(), store.checkpoint()]);
      return { size: head.size, note: checkpoint?.note ?? null, at: head.at };
    },
  };
};

const tellingWithTexts = async (
  { store, journal }: AuditParts,
  found: readonly Recorded[],
): Promise<Telling> => {
  const reasons = found.flatMap(({ entry }) =>
    "reason" in entry && entry.reason !== "" ? [entry.reason] : [],
  );
  const texts = new Map(
    [...(await store.texts(reasons))].map(([commitment, { text }]) => [commitment, text]),
  );
  return { ...(await journal.look([])).telling(""), texts };
};

const historyView = (telling: Telling, recorded: Recorded): HistoryView => {
  const { entry, index } = recorded;
  const deployment =
    "deployment" in entry ? entry.deployment : entry.subject.replace(/^deployment:/, "");
  const zone = telling.situation.policy.deployments.get(deployment)?.hours.timezone ?? "UTC";
  return {
    index,
    at: Date.parse(entry.at),
    kind: entry.kind,
    deployment: deployment === "org" ? "" : deployment,
    escalation: "escalation" in entry ? entry.escalation : "",
    line: historyLine(telling, recorded, zone),
  };
};

const decisionView = (
  telling: Telling,
  decided: Decided,
): NonNullable<PostureView["decision"]> => ({
  kind: decided.undoes === "" ? decided.decision : "undo",
  id: decided.entry,
  by: decided.people.map((person) => nameOf(telling, person)),
  at: decided.at,
  index: telling.indexOf(decided.entry),
});

const postureView = (telling: Telling): readonly PostureView[] => {
  const { state, now } = telling.situation;
  const deployment = deploymentOf(telling.situation);
  const { posture, proposal, reassess } = state;
  if (!deployment || !posture) return [];
  const confirmers = [...holders(telling.situation, "confirm", null).keys()].filter(
    (one) => one !== proposal?.by,
  );
  return [
    {
      id: deployment.id,
      name: deployment.name,
      state: stateWord(deployment, posture.scope),
      scope: levelOf(deployment, posture.scope) >= deployment.scopes.length ? null : posture.scope,
      words: scopeWordsOf(telling, posture.scope),
      since: posture.since,
      version: posture.version,
      reassessBy: reassess?.by ?? null,
      overdue: reassess !== null && reassess.by < now,
      timezone: deployment.hours.timezone,
      proposal: proposal && {
        by: nameOf(telling, proposal.by),
        to: proposal.to,
        expires: proposal.expires,
        confirmers: confirmers.map((person) => nameOf(telling, person)),
      },
      decision: posture.decided && decisionView(telling, posture.decided),
      buttons: postureButtons(telling, deployment),
    },
  ];
};

/** The state of a deployment as the log had it at an instant: the same fold, stopped there. */
const stateAt = async (store: Store, deployment: string, at: Instant): Promise<DeploymentState> => {
  const until = at + 1;
  let state = unheardOf(deployment);
  const adopted = await all(store, { kinds: ["policy.adopted"], until });
  const own = await all(store, { deployment, until });
  for (const { entry } of [...adopted, ...own].sort((a, b) => a.index - b.index))
    state = foldDeployment(state, entry);
  return state;
};

/** Every entry a filter finds, oldest first. */
const all = async (
  store: Store,
  filter: Omit<EntryFilter, "limit">,
): Promise<readonly Recorded[]> => {
  const found: Recorded[] = [];
  for (;;) {
    const below = found.at(-1)?.index;
    const page = await store.entries({
      ...filter,
      ...(below === undefined ? {} : { below }),
      limit: 500,
    });
    found.push(...page);
    if (page.length < 500) return found.reverse();
  }
};

/** `GET /v1/deployments/:id`; people by name, times RFC 3339. */
export interface DeploymentBody {
  readonly id: string;
  readonly name: string;
  readonly state: "open" | "narrowed" | "paused";
  readonly scope: string | null;
  readonly decision: string | null;
  readonly decidedBy: readonly string[];
  readonly decidedAt: string | null;
  readonly reassessBy: string | null;
  readonly version: number;
  readonly applied: readonly {
    readonly gateway: string;
    readonly version: number;
    readonly at: string;
  }[];
}

export const createReads = (parts: AuditParts) => {
  const { store, journal, rules } = parts;

  const deployment = async (
    id: string,
    at: Instant | null,
  ): Promise<DeploymentBody | undefined> => {
    const desk = await journal.look([id]);
    const telling = desk.telling(id);
    const rule = deploymentOf(telling.situation);
    const { posture, reassess } = at === null ? desk.state(id) : await stateAt(store, id, at);
    if (!rule || !posture) return undefined;
    const { decided } = posture;
    return {
      id,
      name: rule.name,
      state: stateWord(rule, posture.scope),
      scope: posture.scope === paused ? null : posture.scope,
      decision: decided?.decision ?? null,
      decidedBy: (decided?.people ?? []).map((person) => nameOf(telling, person)),
      decidedAt: decided ? rfc3339(decided.at) : null,
      reassessBy: reassess ? rfc3339(reassess.by) : null,
      version: posture.version,
      applied: [],
    };
  };

  const escalationBody = async (one: EscalationState) => {
    const desk = await journal.look([one.deployment]);
    await rules.load([desk.org.policy, one.policy]);
    const telling = desk.telling(one.deployment);
    const evidence = await store.evidenceOf([one.id]);
    const named = (person: Parameters<typeof nameOf>[1]) => ({ name: nameOf(telling, person) });
    const restricters = [...holders(telling.situation, "restrict", one)];
    return {
      id: one.id,
      trigger: one.trigger,
      deployment: one.deployment,
      severity: one.severity,
      status: one.status,
      decider: one.decider === "" ? null : named(one.decider),
      deputies: restricters
        .filter(([, rule]) => rule === "restrict.deputy")
        .map(([person]) => named(person)),
      mayAct: restricters.map(([person]) => named(person)),
      response:
        one.response &&
        (one.response.kind === "narrow" ? { narrow: one.response.scope } : one.response.kind),
      signals: evidence.get(one.id)?.signals ?? 0,
      openedAt: rfc3339(one.openedAt),
      acknowledgeBy: one.acknowledgeBy === null ? null : rfc3339(one.acknowledgeBy),
      decideBy: one.decideBy === null ? null : rfc3339(one.decideBy),
      acknowledged: one.acknowledged.map(({ by, at }) => ({ ...named(by), at: rfc3339(at) })),
      decision: one.decided && {
        decision: one.decided.decision,
        by: one.decided.people.map((person) => nameOf(telling, person)),
        at: rfc3339(one.decided.at),
        before: one.decided.before,
        after: one.decided.after,
        deviation: one.decided.deviation,
        reassessBy: rfc3339(one.decided.reassessBy),
      },
    };
  };

  return {
    deployment,
    deployments: async (at: Instant | null): Promise<readonly DeploymentBody[]> => {
      const desk = await journal.look([]);
      const ids = [...rules.policy(desk.org.policy).deployments.keys()];
      const bodies = await Promise.all(ids.map((id) => deployment(id, at)));
      return bodies.filter((body) => body !== undefined);
    },
    escalation: async (id: EscalationId) => {
      const one = await store.escalation(id);
      return one && (await escalationBody(one));
    },
    escalations: async (filter: {
      status: string | null;
      deployment: string | null;
      below: number | null;
      limit: number;
    }) => {
      const found = await store.escalations({
        limit: filter.limit + 1,
        ...(filter.status === null ? {} : { status: filter.status }),
        ...(filter.deployment === null ? {} : { deployment: filter.deployment }),
        ...(filter.below === null ? {} : { below: filter.below }),
      });
      const items = found.slice(0, filter.limit);
      const last = items.at(-1);
      const next = found.length > filter.limit && last ? escalationNumber(last.id) : null;
      return { items: await Promise.all(items.map(escalationBody)), next };
    },
    decisions: (filter: DecisionFilter) => decisionsPage(parts, filter),
  };
};

/** Filters of `GET /v1/decisions`; null = not given. */
export interface DecisionFilter {
  readonly deployment: string | null;
  readonly actor: string | null;
  readonly kind: string | null;
  readonly trigger: string | null;
  readonly escalation: string | null;
  readonly since: Instant | null;
  readonly until: Instant | null;
  readonly below: number | null;
  readonly limit: number;
}

const decisionsPage = async (parts: AuditParts, filter: DecisionFilter) => {
  await parts.journal.look([]);
  const asked = entryFilter(parts.rules, filter);
  const found = asked ? await parts.store.entries({ ...asked, limit: filter.limit + 1 }) : [];
  const shown = found.slice(0, filter.limit);
  const telling = await tellingWithTexts(parts, shown);
  const items = shown.map((recorded) => ({
    index: recorded.index,
    entry: recorded.entry,
    text: plain(historyLine(telling, recorded, "UTC")),
  }));
  return { items, next: found.length > filter.limit ? (shown.at(-1)?.index ?? null) : null };
};

const entryFilter = (rules: Rules, filter: DecisionFilter): Omit<EntryFilter, "limit"> | null => {
  const person = [...rules.people().values()].find(
    ({ key, id }) => key === filter.actor || id === filter.actor,
  );
  if (filter.actor !== null && !person) return null;
  const isEntryKind = filter.kind?.includes(".") ?? false;
  const kind = filter.kind ?? "decision.made";
  return {
    kinds: [isEntryKind ? kind : "decision.made"],
    ...(filter.kind !== null && !isEntryKind ? { decision: filter.kind } : {}),
    ...(person ? { actor: person.id } : {}),
    ...(filter.deployment === null ? {} : { deployment: filter.deployment }),
    ...(filter.trigger === null ? {} : { trigger: filter.trigger }),
    ...(filter.escalation === null ? {} : { escalation: filter.escalation as EscalationId }),
    ...(filter.since === null ? {} : { since: filter.since }),
    ...(filter.until === null ? {} : { until: filter.until }),
    ...(filter.below === null ? {} : { below: filter.below }),
  };
};

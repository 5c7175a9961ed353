import type { ViewContext } from "../../core/card/view-context.ts";
import type { Digest, Instant } from "../../core/ids.ts";
import type { EntryKind } from "../../core/log/entry.ts";
import { modelsIn } from "../../core/log/found-by.ts";
import type { Deployment, Policy } from "../../core/policy/model.ts";
import { levelOf, paused, stateWord } from "../../core/policy/posture.ts";
import { foldDeployment, unheardOf } from "../../core/state/fold.ts";
import type { DeploymentState } from "../../core/state/state.ts";
import { timeOf } from "../../core/time.ts";
import { scopeWords } from "../../core/words/words.ts";
import type {
  DeploymentName,
  ModelSpan,
  PostureSpan,
  Recorded,
  Store,
  TimelineAsked,
  TimelineEvent,
  TimelineView,
} from "../ports.ts";
import { historyView } from "./history-view.ts";
import { textsOf } from "./recorded-texts.ts";
import type { PastParts } from "./then.ts";

/**
 * A deployment over a time: the fold of the log, as of its beginning and then entry by entry, under
 * the policy of each moment.
 */

const defaultLength = 90 * 86_400_000;
/** As many as can be looked through: of decisions, and of evidence. */
const mostEvents = 300;
/** Policies of a time; the cache has room for these. */
const mostPolicies = 40;
/** More adoptions than anybody makes. */
const mostAdoptions = 1_000;

const adoptions = ["policy.adopted"];
const decisions = ["decision.made", "decision.proposed", "decision.confirmed", "decision.lapsed"];
const evidence = [
  "escalation.opened",
  "escalation.updated",
  "escalation.closed",
  "retest.followed",
];

/** The deployments of the policy in force, then those that only the record knows. */
export async function deploymentNames({
  store,
  rules,
  look,
}: PastParts): Promise<readonly DeploymentName[]> {
  const { org } = await look([]);
  const policy = rules.policy(org.policy);
  const retired = await formerDeployments(store, policy);
  return [
    ...[...policy.deployments.values()].map(({ id, name }) => ({ id, name, isRetired: false })),
    ...retired.map((id) => ({ id, name: id, isRetired: true })),
  ];
}

/** The deployments that a policy has no more and earlier ones had, by name. */
export async function formerDeployments(
  store: Pick<Store, "entries">,
  { deployments }: Pick<Policy, "deployments">,
): Promise<readonly string[]> {
  const adopted = await store.entries({ kinds: adoptions, limit: mostAdoptions });
  const started = adopted.flatMap(({ entry }) =>
    entry.kind === "policy.adopted" ? entry.started.map(({ deployment }) => deployment) : [],
  );
  return [...new Set(started)].filter((id) => !deployments.has(id)).toSorted();
}

/** Undefined where nothing of what may be read is about it. */
export async function timelineOf(
  parts: PastParts,
  id: string,
  asked: TimelineAsked,
): Promise<TimelineView | undefined> {
  const known = (await deploymentNames(parts)).find((deployment) => deployment.id === id);
  if (!known) return undefined;
  const work = await parts.look([id]);
  const view = work.viewContext(id);
  const { now } = view.situation;
  const to = Math.max(0, Math.min(now, asked.until === null ? now : asked.until - 1));
  const wanted = Math.max(0, Math.min(asked.since ?? to - defaultLength, to));
  const read = await entriesIn(parts, id, { from: wanted, to });
  const before = (await parts.history.statesAt([work.state(id)], read.from - 1)).get(id);
  const steps = stepsOf(read, before ?? unheardOf(id));
  const texts = await textsOf(parts.store, read.shown);
  return {
    ...known,
    name: known.isRetired ? (steps.findLast(({ rule }) => rule)?.rule?.name ?? id) : known.name,
    from: Math.max(read.from, steps[0]?.from ?? read.from),
    to,
    cut: read.isCut ? wanted : null,
    isShort: read.isShort,
    lanes: lanesOf(steps),
    postures: merged(steps.map(postureOf), to, ({ lane, words }) => `${lane} ${words}`),
    models: merged(steps.map(modelOf), to, ({ model }) => model),
    events: read.shown.map((recorded) => eventOf({ ...view, texts }, recorded)),
  };
}

/** What the page is made of, oldest first. */
interface Read {
  /** Later than was asked where there is too much. */
  readonly from: Instant;
  readonly isCut: boolean;
  readonly isShort: boolean;
  /** The policy in force at the beginning; "" = none. */
  readonly digest: Digest;
  /** What its posture and its rules follow from. */
  readonly folded: readonly Recorded[];
  readonly shown: readonly Recorded[];
  /** What each policy says of it. */
  readonly rules: ReadonlyMap<Digest, Deployment | undefined>;
}

async function entriesIn(
  parts: PastParts,
  deployment: string,
  { from: since, to }: { readonly from: Instant; readonly to: Instant },
): Promise<Read> {
  const { store } = parts;
  const within = { since, until: to + 1, limit: mostEvents + 1 };
  const made = await store.entries({ ...within, deployment, kinds: decisions });
  const seen = await store.entries({ ...within, deployment, kinds: evidence });
  const adopted = await store.entries({ ...within, kinds: adoptions, limit: mostPolicies + 1 });
  const tooOld = [made[mostEvents], adopted[mostPolicies]].flatMap((recorded) =>
    recorded ? timeOf(recorded.entry) + 1 : [],
  );
  const from = Math.max(since, ...tooOld);
  const isIn = ({ entry }: Recorded): boolean => timeOf(entry) >= from;
  const folded = [...made, ...adopted].filter(isIn).sort(byIndex);
  const before = await store.entries({ kinds: adoptions, until: from, limit: 1 });
  const digests = [...before, ...folded].flatMap(adoptedIn);
  return {
    from,
    isCut: tooOld.length > 0,
    isShort: seen.length > mostEvents,
    digest: before.flatMap(adoptedIn)[0] ?? "",
    folded,
    shown: [...folded, ...seen.slice(0, mostEvents).filter(isIn)].sort(byIndex),
    rules: await rulesOf(parts, deployment, digests),
  };
}

const byIndex = (a: Recorded, b: Recorded): number => a.index - b.index;

const adoptedIn = ({ entry }: Recorded): readonly Digest[] =>
  entry.kind === "policy.adopted" ? [entry.digest] : [];

async function rulesOf(
  { rules }: PastParts,
  deployment: string,
  digests: readonly Digest[],
): Promise<Read["rules"]> {
  const found = new Map<Digest, Deployment | undefined>();
  for (const digest of digests) {
    await rules.load([digest]);
    found.set(digest, rules.policy(digest).deployments.get(deployment));
  }
  return found;
}

/** How it stood from an entry on. */
interface Step {
  readonly from: Instant;
  readonly index: number | null;
  readonly scope: string;
  /** What the policy of then says of it; undefined = it does not have it. */
  readonly rule: Deployment | undefined;
}

/** From where it has a posture; `before` is its state at the beginning. */
function stepsOf({ from, digest, folded, rules }: Read, before: DeploymentState): readonly Step[] {
  let state = before;
  let rule = rules.get(digest);
  const steps: Step[] = [];
  const step = (at: Instant, index: number | null): void => {
    if (state.posture) steps.push({ from: at, index, scope: state.posture.scope, rule });
  };
  step(from, null);
  for (const recorded of folded) {
    const { entry, index } = recorded;
    state = foldDeployment(state, entry);
    if (entry.kind === "policy.adopted") rule = rules.get(entry.digest);
    step(timeOf(entry), index);
  }
  return steps;
}

/** The lane of a deployment that the policy of then does not have. */
const retired = "not in the policy";

type Started<T> = Omit<T, "to">;

function postureOf({ from, index, scope, rule }: Step): Started<PostureSpan> {
  if (!rule) return { from, index, lane: retired, state: "retired", words: retired };
  const state = stateWord(rule, scope);
  const words = scopeWords(state, rule.scopes[levelOf(rule, scope)] ?? null);
  return { from, index, lane: state === "paused" ? paused : scope, state, words };
}

const modelOf = ({ from, index, rule }: Step): Started<ModelSpan> => ({
  from,
  index,
  model: rule?.model ?? "",
});

function lanesOf(steps: readonly Step[]): readonly string[] {
  const scopes = steps.findLast(({ rule }) => rule)?.rule?.scopes.map(({ id }) => id) ?? [];
  const used = steps.map((step) => postureOf(step).lane);
  const others = used.filter((lane) => lane !== paused && lane !== retired);
  const isRetired = used.includes(retired);
  return [...new Set([...scopes, ...others, paused, ...(isRetired ? [retired] : [])])];
}

/** Each until the next that differs from it. */
function merged<T extends { readonly from: Instant }>(
  spans: readonly T[],
  end: Instant,
  keyOf: (span: T) => string,
): readonly (T & { readonly to: Instant })[] {
  const starts = spans.filter((span, at) => {
    const previous = spans[at - 1];
    return previous === undefined || keyOf(previous) !== keyOf(span);
  });
  return starts.map((span, at) => ({ ...span, to: starts[at + 1]?.from ?? end }));
}

function eventOf(view: ViewContext, recorded: Recorded): TimelineEvent {
  const { entry } = recorded;
  return {
    ...historyView(view, recorded),
    is: isOf(entry.kind),
    models: [...new Set(modelsIn(entry))].filter((model) => model !== ""),
  };
}

function isOf(kind: EntryKind): TimelineEvent["is"] {
  if (kind === "policy.adopted") return "policy";
  return kind.startsWith("decision.") ? "decision" : "evidence";
}

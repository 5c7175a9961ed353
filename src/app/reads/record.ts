import { historyLine, textsIn } from "../../core/card/history-line.ts";
import { recordedEvidence } from "../../core/card/recorded-evidence.ts";
import { safeUrl } from "../../core/card/safe-url.ts";
import { nameOf, type ViewContext, who } from "../../core/card/view-context.ts";
import { spokenDuration } from "../../core/duration.ts";
import type { Commitment, EscalationId, Instant } from "../../core/ids.ts";
import type { Entry } from "../../core/log/entry.ts";
import { type Capability, holders } from "../../core/people/authority.ts";
import type { Trigger } from "../../core/policy/model.ts";
import type { EscalationState } from "../../core/state/state.ts";
import { visible } from "../../core/text.ts";
import { rfc3339, timeOf } from "../../core/time.ts";
import type { Line } from "../../core/words/line.ts";
import { listed, plain } from "../../core/words/line.ts";
import { responseWords } from "../../core/words/words.ts";
import type { Recorded, RecordItem, RecordView } from "../ports.ts";
import { adoptionWords } from "./policy-adopted.ts";
import { proofText, recordedDecision } from "./proof.ts";
import { type PastParts, pastAt } from "./then.ts";
import { toldItems } from "./told.ts";

/** Everything that the record has of one escalation, to be read from top to bottom or printed. */

const mostEntries = 1_000;

/** Undefined where there is no such escalation. */
export async function recordOf(
  parts: PastParts,
  id: EscalationId,
): Promise<RecordView | undefined> {
  const { store } = parts;
  const escalation = await store.escalation(id);
  if (!escalation) return undefined;
  const entries = await entriesOf(parts, escalation);
  const view = await viewWith(parts, escalation.deployment, entries);
  const own = await recordedDecision(store, id);
  const opened = entries.find(({ entry }) => entry.kind === "escalation.opened");
  const proven = own ?? opened;
  const { name = escalation.deployment } =
    view.situation.policy.deployments.get(escalation.deployment) ?? {};
  return {
    id,
    title: [`${id} · `, { untrusted: name }],
    timezone: view.situation.policy.deployments.get(escalation.deployment)?.hours.timezone ?? "UTC",
    sections: [
      { heading: "In short", items: inShort(view, escalation, own) },
      { heading: "The rule as then written", items: await ruleItems(parts, view, escalation) },
      { heading: "Evidence", items: evidenceItems(view, entries) },
      { heading: "Who might act when it opened", items: await couldAct(parts, escalation) },
      { heading: "Who was told", items: await toldItems(store, view, id) },
      { heading: "What happened", items: entries.map((recorded) => itemOf(view, recorded)) },
      { heading: "What is not known", items: unknowns(view, entries).map(untimed) },
    ].filter(({ items }) => items.length > 0),
    proof: proven ? await proofText(store, proven) : "",
    proves: proven?.index ?? null,
  };
}

const untimed = (line: Line): RecordItem => ({ at: null, line });

/** What was recorded of it, and of its deployment from its opening until it was closed. */
async function entriesOf(
  { store }: PastParts,
  { id, deployment, openedAt, closedAt }: EscalationState,
): Promise<readonly Recorded[]> {
  const own = await store.entries({ escalation: id, limit: mostEntries });
  const first = own.at(-1)?.index ?? 0;
  const beside = await store.entries({
    deployment,
    kinds: besides,
    since: openedAt,
    ...(closedAt === null ? {} : { until: closedAt + 1 }),
    above: first,
    limit: mostEntries,
  });
  const all = new Map([...own, ...beside].map((recorded) => [recorded.index, recorded]));
  return [...all.values()].sort((a, b) => a.index - b.index);
}

/** Kinds of entries that name a deployment and no escalation, and can be about one all the same. */
const besides: readonly string[] = [
  "decision.proposed",
  "decision.confirmed",
  "decision.lapsed",
  "decision.made",
  "decision.denied",
  "decision.explained",
  "enforcement.reported",
  "reassessment.set",
  "reassessment.reminded",
  "reassessment.overdue",
  "reassessment.warned",
  "retest.followed",
];

async function viewWith(
  { store, look }: PastParts,
  deployment: string,
  entries: readonly Recorded[],
): Promise<ViewContext> {
  const wanted = entries.flatMap(({ entry }) => [...textsIn(entry), ...signalsIn(entry)]);
  const found = await store.texts(wanted);
  const view = (await look([deployment])).viewContext(deployment);
  const texts = new Map(view.texts);
  for (const [commitment, { text }] of found) texts.set(commitment, text);
  return { ...view, texts };
}

const signalsIn = (entry: Entry): readonly Commitment[] =>
  "seen" in entry && entry.seen ? [entry.seen.signal] : [];

/** A line without its number and time, which stand beside it. */
const itemOf = (view: ViewContext, recorded: Recorded): RecordItem => ({
  at: timeOf(recorded.entry),
  line: [...historyLine(view, recorded, "UTC").slice(1), ` (record ${recorded.index})`],
});

function inShort(
  view: ViewContext,
  escalation: EscalationState,
  own: Recorded | undefined,
): readonly RecordItem[] {
  const { severity, status, openedAt, trigger, settledAt, closedAt } = escalation;
  const minutes = (until: Instant): string => spokenDuration(Math.max(0, until - openedAt));
  return [
    { at: openedAt, line: [`Opened by `, { untrusted: trigger }, `, ${severity}; now ${status}`] },
    ...(own
      ? [
          {
            at: timeOf(own.entry),
            line: [
              "The decision: ",
              ...itemOf(view, own).line,
              `, ${minutes(timeOf(own.entry))} after it opened`,
            ],
          },
        ]
      : [untimed(["Nobody has decided."])]),
    ...(settledAt === null ? [] : [{ at: settledAt, line: ["Settled"] }]),
    ...(closedAt === null ? [] : [{ at: closedAt, line: ["Closed"] }]),
  ];
}

async function ruleItems(
  parts: PastParts,
  view: ViewContext,
  { policy: digest, trigger: id, openedAt }: EscalationState,
): Promise<readonly RecordItem[]> {
  const { store, rules } = parts;
  await rules.load([digest]);
  const adopted = await store.entries({
    kinds: ["policy.adopted"],
    until: openedAt + 1,
    limit: 200,
  });
  const [current] = adopted;
  const trigger = rules.policy(digest).triggers.get(id);
  const why = trigger ? view.texts.get(trigger.because) : undefined;
  const since = trigger ? await sameSince(parts, adopted, trigger) : null;
  return [
    ...(current ? [{ at: timeOf(current.entry), line: adoptionWords(view, current) }] : []),
    ...(trigger
      ? ruleLines(trigger).map(untimed)
      : [untimed([`No rule of the policy: “${id}” is Holdpoint's own.`])]),
    ...(why === undefined ? [] : [untimed(["Why, in the policy: “", { untrusted: why }, "”"])]),
    ...(since === null ? [] : [{ at: since, line: ["In these words since then"] }]),
  ];
}

const timeoutWords = {
  respond: "Holdpoint applies that response, by policy",
  pass: "the question passes to the next in line",
} as const;

function ruleLines({ id, when, response, ...clocks }: Trigger): readonly Line[] {
  const { acknowledgeWithin, decideWithin, onTimeout } = clocks;
  const within = (what: string, length: number | null): readonly string[] =>
    length === null ? [] : [`${what} within ${spokenDuration(length)}`];
  const times = [...within("Acknowledge", acknowledgeWithin), ...within("decide", decideWithin)];
  return [
    [`Rule ${id}: `, { untrusted: when }],
    [`Response written beforehand: ${responseWords(response)}`],
    ...(times.length === 0 ? [] : [[times.join(", ")]]),
    ...(onTimeout === null ? [] : [[`If nobody decides in time: ${timeoutWords[onTimeout]}`]]),
  ];
}

/** Since when every policy has had the rule word for word. */
async function sameSince(
  { rules }: PastParts,
  adopted: readonly Recorded[],
  trigger: Trigger,
): Promise<Instant | null> {
  let since: Instant | null = null;
  for (const { entry } of adopted) {
    if (entry.kind !== "policy.adopted") continue;
    await rules.load([entry.digest]);
    const then = rules.policy(entry.digest).triggers.get(trigger.id);
    if (!then || wording(then) !== wording(trigger)) break;
    since = timeOf(entry);
  }
  return since;
}

const wording = ({
  when,
  severity,
  response,
  acknowledgeWithin,
  decideWithin,
  onTimeout,
}: Trigger) =>
  JSON.stringify([when, severity, response, acknowledgeWithin, decideWithin, onTimeout]);

/** Figures, models, deliveries with their hashes, and the links that senders gave. */
function evidenceItems(view: ViewContext, entries: readonly Recorded[]): readonly RecordItem[] {
  return entries.flatMap(({ entry, index }) => {
    const at = timeOf(entry);
    const seen = "seen" in entry ? entry.seen : null;
    const lines: readonly Line[] = [
      ...(seen && entry.kind === "escalation.opened" ? [seenLine(seen)] : []),
      ...recordedEvidence(entry),
      ...signalsIn(entry).flatMap((signal) => linkLine(view.texts.get(signal))),
    ];
    return lines.map((line) => ({ at, line: [...line, ` (record ${index})`] }));
  });
}

function seenLine(seen: NonNullable<Extract<Entry, { kind: "escalation.opened" }>["seen"]>): Line {
  const { source, suite, scorer, metric, value, threshold, samples, atLeast, atMost } = seen;
  const names = [suite, scorer, metric].filter((name) => name !== "").join(" ");
  const bounds = atLeast === undefined ? "" : `, at least ${atLeast}, at most ${atMost ?? "?"}`;
  const of = [
    value === "" ? "no value" : `value ${value}`,
    threshold === "" ? "" : `limit ${threshold}`,
    samples === "" ? "" : `samples ${samples}`,
  ].filter((part) => part !== "");
  return [
    "Seen: ",
    { untrusted: `${names || "a signal"} from ${source}` },
    `, ${of.join(", ")}${bounds}`,
  ];
}

/** The address that the sender gave, where it is one that may be opened. */
function linkLine(signal: string | undefined): readonly Line[] {
  const said: unknown = signal === undefined ? null : JSON.parse(signal);
  const address =
    typeof said === "object" && said !== null && "url" in said ? String(said.url) : "";
  const safe = address === "" ? null : safeUrl(address);
  return safe ? [["Link: ", { untrusted: safe.url, url: safe.url }]] : [];
}

const capabilities: readonly (readonly [Capability, string])[] = [
  ["acknowledge", "Acknowledge"],
  ["restrict", "Narrow or pause"],
  ["start", "Request a resume, or keep"],
  ["confirm", "Approve a resume"],
  ["breakGlass", "Break glass"],
];

async function couldAct(
  parts: PastParts,
  { id, deployment, openedAt }: EscalationState,
): Promise<readonly RecordItem[]> {
  const past = await pastAt(parts, openedAt);
  const [view] = (await past?.viewsOf([deployment])) ?? [];
  if (!view) return [];
  const escalation = view.situation.state.escalations.find((live) => live.id === id) ?? null;
  return capabilities.map(([capability, label]) => {
    const people = [...holders(view.situation, capability, escalation).keys()];
    const names = people.map((person): Line => [who(view, person)]);
    return untimed([`${label}: `, ...(names.length > 0 ? listed(names) : ["nobody"])]);
  });
}

function unknowns(view: ViewContext, entries: readonly Recorded[]): readonly Line[] {
  const all = entries.map(({ entry }) => entry);
  const missing = all.flatMap(textsIn).filter((text) => !view.texts.has(text)).length;
  const indeterminate = all.some(
    (entry) => "verdict" in entry && entry.verdict === "indeterminate",
  );
  const away = all.flatMap((entry) =>
    entry.kind === "authority.passed" && entry.because === "unreachable" && entry.from !== ""
      ? [nameOf(view, entry.from)]
      : [],
  );
  const isApplied = all.some(
    (entry) => entry.kind === "enforcement.reported" && entry.what === "applied",
  );
  const isMoved = all.some(
    (entry) => entry.kind === "decision.made" && entry.before !== entry.after,
  );
  return [
    ["Whether somebody read a message: only an acknowledgement or a decision says so."],
    ...(indeterminate
      ? [["Whether the limit was passed: a value was missing, so the condition was indeterminate."]]
      : []),
    ...(missing > 0
      ? [
          [
            `${missing} ${missing === 1 ? "text was" : "texts were"} erased: the record has the commitments.`,
          ],
        ]
      : []),
    ...away.map(
      (name): Line => [`Why ${name} could not be reached: it is only recorded that no chat could.`],
    ),
    ...(isMoved && !isApplied
      ? [["Whether a gateway enforced it: none reported that it did."]]
      : []),
    ...(entries.length >= mostEntries
      ? [[`More than ${mostEntries} entries: the oldest are not shown here.`]]
      : []),
  ];
}

/** The record as a text that can be kept or printed. */
export function recordText({ title, sections, proof, proves }: RecordView, asOf: Instant): string {
  const parts = sections.flatMap(({ heading, items }) => [
    "",
    heading,
    "-".repeat(heading.length),
    ...items.map(
      ({ at, line }) => `${at === null ? "" : `${rfc3339(at)}  `}${visible(plain(line))}`,
    ),
  ]);
  const head = `Record of ${visible(plain(title))}, as of ${rfc3339(asOf)}, times in UTC`;
  const proofPart = proof === "" ? [] : ["", `Proof of record ${proves}`, "---------------", proof];
  return [head, ...parts, ...proofPart].join("\n");
}

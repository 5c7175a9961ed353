import type { Digest, EscalationId } from "../../core/ids.ts";
import { canonicalBytes } from "../../core/log/bytes.ts";
import type { Actor } from "../../core/people/person.ts";
import {
  mayRead,
  narrowedCanonical,
  narrowedTo,
  type Readable,
  readableBy,
} from "../../core/people/readers.ts";
import type { PolicyCache } from "../policy-cache.ts";
import {
  type EntryFilter,
  Fault,
  type PolicyRow,
  type Recorded,
  type SignedIn,
  type Store,
} from "../ports.ts";
import type { PastParts } from "./then.ts";

/**
 * What somebody may read is all that the questions of theirs are answered from: the store and the
 * rules as far as they may see them. So no command and no page has to ask for itself.
 */

/** What somebody may read under the policy in force. */
export async function readableFor(
  { look, rules }: Pick<PastParts, "look" | "rules">,
  viewer: SignedIn,
): Promise<Readable> {
  const { org } = await look([]);
  return org.policy === "" ? "all" : readableBy(rules.policy(org.policy), actorFor(viewer));
}

/** Who reads, as an entry names them. */
export function actorFor(viewer: SignedIn): Actor {
  switch (viewer.is) {
    case "person":
      return { type: "person", person: viewer.person };
    case "reader":
      return { type: viewer.role };
    case "stranger":
      return { type: "stranger" };
  }
}

/** The rules as far as they are about these deployments. */
export function readableRules(rules: PolicyCache, readable: Readable): PolicyCache {
  if (readable === "all") return rules;
  return {
    ...rules,
    policy: (digest) => narrowedTo(rules.policy(digest), readable),
    current: () => {
      const current = rules.current();
      return current && narrowedTo(current, readable);
    },
  };
}

/** What belongs to no deployment, and nobody is told anything of a deployment by. */
const passed: ReadonlySet<string> = new Set([
  "now",
  "head",
  "checkpoint",
  "mostCosigned",
  "cosignatureLines",
  "newestCosignatures",
  "subtree",
  "leafHashes",
  "people",
  "texts",
  "session",
  "receipt",
  "goneUnder",
]);

/**
 * The store as far as it is about these deployments. Whatever is not named here or in `passed` is
 * refused, so that a question that is new cannot show more.
 */
export function readableStore(store: Store, readable: Readable): Store {
  if (readable === "all") return store;
  const own: Partial<Store> = { ...escalationReads(store, readable), ...logReads(store, readable) };
  return new Proxy(store, {
    get: (whole, name) => {
      if (Object.hasOwn(own, name)) return Reflect.get(own, name);
      if (!Object.hasOwn(whole, name)) return undefined;
      if (passed.has(String(name))) return Reflect.get(whole, name);
      return () => {
        throw new Fault(`${String(name)} is not answered to a reader of some deployments`, "never");
      };
    },
  });
}

type Few = ReadonlySet<string>;

function escalationReads(store: Store, readable: Few): Partial<Store> {
  const isShown = async (id: EscalationId | ""): Promise<boolean> =>
    id !== "" && mayRead(readable, (await store.escalation(id))?.deployment ?? null);
  const about = <T extends { readonly deployment: string }>(rows: readonly T[]): readonly T[] =>
    rows.filter(({ deployment }) => readable.has(deployment));
  return {
    escalation: async (id) => {
      const found = await store.escalation(id);
      return found && readable.has(found.deployment) ? found : undefined;
    },
    liveEscalations: async () => about(await store.liveEscalations()),
    liveDeployments: async () => (await store.liveDeployments()).filter((id) => readable.has(id)),
    liveAt: async (at) => about(await store.liveAt(at)),
    evidenceOf: async (ids) => {
      const shown = await Promise.all(ids.map(isShown));
      return store.evidenceOf(ids.filter((_, at) => shown[at]));
    },
    signalsSince: async (deployment, since, limit) =>
      readable.has(deployment) ? store.signalsSince(deployment, since, limit) : [],
    heardFrom: async () => new Map(),
    messagesAbout: async (chat, id) => ((await isShown(id)) ? store.messagesAbout(chat, id) : []),
    linesSaid: async (chat, limit) => {
      const lines = await store.linesSaid(chat, limit);
      const shown = await Promise.all(lines.map(({ escalation }) => isShown(escalation)));
      return lines.filter((_, at) => shown[at]);
    },
  };
}

function logReads(store: Store, readable: Few): Partial<Store> {
  const shownIn = (found: readonly Recorded[]): readonly Recorded[] =>
    found.filter((recorded) => mayRead(readable, deploymentOf(recorded)));
  const deployments = [...readable];
  return {
    entries: async (filter) => {
      if (isAboutRules(filter)) return (await store.entries(filter)).map(withoutOthers(readable));
      return shownIn(await store.entries({ ...filter, deployments }));
    },
    entryIndexes: (filter) => store.entryIndexes({ ...filter, deployments }),
    entryById: async (ids) => shownIn(await store.entryById(ids)),
    entriesFrom: async (from, to) => shownIn(await store.entriesFrom(from, to)),
    lastOfPostures: async (of, below) =>
      store.lastOfPostures(
        of.filter(({ deployment }) => readable.has(deployment)),
        below,
      ),
    figures: (groups) => store.figures(groups.filter(({ deployment }) => readable.has(deployment))),
    recordedModels: async () => [],
    policy: async (digest) => narrowedRow(await store.policy(digest), readable, digest),
  };
}

/** The deployment that an entry is about; null = none. */
function deploymentOf({ entry }: Recorded): string | null {
  if ("deployment" in entry && typeof entry.deployment === "string") return entry.deployment;
  return /^deployment:(.+)$/.exec(entry.subject)?.[1] ?? null;
}

/** Which rules were in force and who was away or renamed is part of what deployments did. */
const aboutRules: readonly string[] = [
  "policy.adopted",
  "person.away",
  "identity.bound,identity.changed",
];

const isAboutRules = ({ kinds = [], deployment }: EntryFilter): boolean =>
  deployment === undefined && aboutRules.includes(kinds.join());

/** An adoption without what it says of other deployments, and so without its bytes. */
const withoutOthers =
  (readable: Few) =>
  (recorded: Recorded): Recorded => {
    const { entry } = recorded;
    if (entry.kind !== "policy.adopted") return { ...recorded, bytes: notShown };
    const { reason: _reason, ...rest } = entry;
    const own = <T extends { readonly deployment: string }>(rows: readonly T[]): readonly T[] =>
      rows.filter(({ deployment }) => readable.has(deployment));
    return {
      ...recorded,
      bytes: notShown,
      entry: { ...rest, looser: own(entry.looser), started: own(entry.started) },
    };
  };

const notShown = new TextEncoder().encode("null");

function narrowedRow(
  row: PolicyRow | undefined,
  readable: Few,
  digest: Digest,
): PolicyRow | undefined {
  if (!row) return undefined;
  const whole = JSON.parse(new TextDecoder().decode(row.canonical)) as object;
  const canonical = canonicalBytes(narrowedCanonical(whole, readable));
  return { digest, canonical, yaml: "", adoptedAt: row.adoptedAt };
}

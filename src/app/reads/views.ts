import { buildCard } from "../../core/card/build-card.ts";
import { postureButtons } from "../../core/card/card-buttons.ts";
import { offeredCard, offeredTo } from "../../core/card/offered-buttons.ts";
import { beforeConfirming, proposalLine } from "../../core/card/resume-request-lines.ts";
import { nameOf, scopeWordsOf, type ViewContext } from "../../core/card/view-context.ts";
import { inAll } from "../../core/decision/authorized.ts";
import { live } from "../../core/decision/resume-request.ts";
import type { EntryId, PersonId } from "../../core/ids.ts";
import { linkBehind, spokenBy } from "../../core/people/login-links.ts";
import type { Readable } from "../../core/people/readers.ts";
import { levelOf, stateWord } from "../../core/policy/posture.ts";
import { deploymentOf } from "../../core/state/situation.ts";
import type { Decided } from "../../core/state/state.ts";
import { plain } from "../../core/words/line.ts";
import type { Journal } from "../journal.ts";
import type { PolicyCache } from "../policy-cache.ts";
import type {
  AllViews,
  DecisionFilter,
  PostureView,
  Recorded,
  SignedIn,
  Store,
  Views,
} from "../ports.ts";
import { boardView } from "./board.ts";
import { allEntries, entryFile } from "./entry-table.ts";
import { readFilter } from "./filters.ts";
import { historyView } from "./history-view.ts";
import { homeView, viewContexts } from "./home-view.ts";
import { type LogPageParts, logView } from "./log-page.ts";
import { newest, newestCard } from "./newest-escalation.ts";
import { policiesView } from "./policy-page.ts";
import { recordedDecision } from "./proof.ts";
import { readableFor, readableRules, readableStore } from "./readable.ts";
import { recordOf } from "./record.ts";
import { textsOf } from "./recorded-texts.ts";
import type { PastParts } from "./then.ts";
import { deploymentNames, timelineOf } from "./timeline.ts";

/**
 * What pages and read routes show, read from the projections and, for the past, from the log
 * itself.
 */

export interface AuditParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: PolicyCache;
}

export function createViews(parts: ViewParts): AllViews {
  const readBy = async (viewer: SignedIn): Promise<Views> =>
    viewsIn(partsFor(parts, await readableFor({ ...parts, look: parts.journal.look }, viewer)));
  return {
    ...viewsIn(parts),
    readBy,
    forPerson: async (person, chat) =>
      (await readBy({ is: "person", person, link: null })).forPerson(person, chat),
  };
}

type ViewParts = AuditParts & Pick<PastParts, "history"> & Pick<LogPageParts, "logKeys">;

const partsFor = (parts: ViewParts, readable: Readable): ViewParts => ({
  ...parts,
  store: readableStore(parts.store, readable),
  rules: readableRules(parts.rules, readable),
});

function viewsIn(parts: ViewParts): Views {
  const { store, journal, rules } = parts;
  const filterOf = async (asked: DecisionFilter) => {
    const { org } = await journal.look([]);
    const policy = rules.policy(org.policy);
    return readFilter({ store, policy, people: rules.people() }, asked);
  };
  return {
    board: (person, page, link = null) => boardView(parts, { person, link }, page),
    card: (id) => newestCard(parts, id),
    cardFor: async (id, reader, link = null) => {
      const seen = await newest(parts, id);
      if (!seen) return undefined;
      const { view, escalation } = seen;
      const situation = spokenBy(view.situation, link);
      return offeredCard(situation, { escalation, reader, card: buildCard(view, escalation) });
    },
    postures: async (reader, link = null) =>
      (await viewContexts(parts)).flatMap((view) => postureView(view, reader, link)),
    answered: async (id) => {
      const own = await recordedDecision(store, id);
      return own && historyView(await viewContextWithTexts(parts, [own]), own);
    },
    record: (id) => recordOf({ ...parts, look: journal.look }, id),
    history: async (asked) => {
      const read = await filterOf(asked);
      if ("unfit" in read) return read;
      const found = await store.entries({ ...read.filter, limit: asked.limit });
      const view = await viewContextWithTexts(parts, found);
      return found.map((recorded) => historyView(view, recorded));
    },
    historyFile: async (asked, format) => {
      const read = await filterOf(asked);
      if ("unfit" in read) return read;
      const found = await allEntries(store, read.filter);
      const view = await viewContextWithTexts(parts, found);
      return entryFile(view, found, { format, name: "holdpoint-history" });
    },
    notices: async (limit) => {
      const lines = await store.linesSaid("console", limit);
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
    forPerson: async (person, chat) => {
      const all = await viewContexts(parts);
      const { org } = await journal.look([]);
      const link = chat === undefined ? null : linkBehind(org, person, chat);
      const postures = all.flatMap((view) => postureView(view, person, link));
      return { ...(await homeView(parts, all, { person, link })), postures };
    },
    people: async () => {
      const { policy } = (await journal.look([])).situation("");
      return [...rules.people().values()].filter((person) => policy.people.has(person.id));
    },
    log: () => logView(parts),
    deployments: () => deploymentNames({ ...parts, look: journal.look }),
    timeline: (id, asked) => timelineOf({ ...parts, look: journal.look }, id, asked),
    policies: (digest) => policiesView(parts, digest),
    head: async () => {
      const [head, checkpoint] = await Promise.all([store.head(), store.checkpoint()]);
      return { size: head.size, note: checkpoint?.note ?? null, at: head.at };
    },
  };
}

/** A view context with the texts of these entries. */
export async function viewContextWithTexts(
  { store, journal }: AuditParts,
  found: readonly Recorded[],
): Promise<ViewContext> {
  const texts = await textsOf(store, found);
  return { ...(await journal.look([])).viewContext(""), texts };
}

const decisionView = (
  view: ViewContext,
  decided: Decided,
): NonNullable<PostureView["decision"]> => ({
  kind: decided.undoes === "" ? decided.decision : "undo",
  id: decided.entry,
  by: decided.people.map((person) => nameOf(view, person)),
  at: decided.at,
  index: view.indexOf(decided.entry),
});

/** How a deployment stands, with the buttons of one reader. */
function postureView(
  view: ViewContext,
  reader: PersonId | null,
  link: EntryId | null,
): readonly PostureView[] {
  const { state, now } = view.situation;
  const deployment = deploymentOf(view.situation);
  const { posture, proposal, reassess } = state;
  if (!deployment || !posture) return [];
  const confirmers = inAll(view.situation, "confirm", live(view.situation)).filter(
    (person) => person !== proposal?.by,
  );
  return [
    {
      id: deployment.id,
      name: deployment.name,
      state: stateWord(deployment, posture.scope),
      scope: levelOf(deployment, posture.scope) >= deployment.scopes.length ? null : posture.scope,
      words: scopeWordsOf(view, posture.scope),
      since: posture.since,
      version: posture.version,
      reassessBy: reassess?.by ?? null,
      overdue: reassess !== null && reassess.by < now,
      timezone: deployment.hours.timezone,
      proposal: proposal && {
        by: nameOf(view, proposal.by),
        to: proposal.to,
        expires: proposal.expires,
        confirmers: confirmers.map((person) => nameOf(view, person)),
        told: beforeConfirming(view),
        waits: proposal.waits ? plain(proposalLine(view)[0] ?? []) : null,
      },
      decision: posture.decided && decisionView(view, posture.decided),
      buttons: reader
        ? offeredTo(spokenBy(view.situation, link), {
            escalation: null,
            person: reader,
            buttons: postureButtons(view, deployment),
          })
        : [],
    },
  ];
}

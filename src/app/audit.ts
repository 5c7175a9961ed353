import { holders } from "../core/authority.ts";
import { cardOf, postureButtons } from "../core/card-of.ts";
import { historyLine, textsIn } from "../core/history.ts";
import type { EntryId, PersonId } from "../core/ids.ts";
import { beforeConfirming, proposalLine } from "../core/lines.ts";
import { linkBehind, spokenBy } from "../core/login-links.ts";
import { offeredCard, offeredTo } from "../core/offered.ts";
import { plain } from "../core/phrase.ts";
import { levelOf, stateWord } from "../core/posture.ts";
import { deploymentOf } from "../core/situation.ts";
import type { Decided } from "../core/state.ts";
import { nameOf, scopeWordsOf, type Telling } from "../core/telling.ts";
import { timeOf } from "../core/time.ts";
import { boardView } from "./board.ts";
import { newest, newestCard } from "./deliver.ts";
import { readFilter } from "./filters.ts";
import type { Journal } from "./journal.ts";
import { personView, tellings } from "./person-view.ts";
import type { HistoryView, PostureView, Recorded, Store, Views } from "./ports.ts";
import type { Rules } from "./rules.ts";

/** What pages and read routes show, read from the projections and, for the past, from the log itself. */

export interface AuditParts {
  readonly store: Store;
  readonly journal: Journal;
  readonly rules: Rules;
}

export const createViews = (parts: AuditParts): Views => {
  const { store, journal, rules } = parts;

  return {
    board: (person, page, link = null) => boardView(parts, { person, link }, page),
    card: (id) => newestCard(parts, id),
    cardFor: async (id, reader, link = null) => {
      const seen = await newest(parts, id);
      if (!seen) return undefined;
      const { telling, escalation } = seen;
      const situation = spokenBy(telling.situation, link);
      return offeredCard(situation, escalation, reader, cardOf(telling, escalation));
    },
    postures: async (reader, link = null) =>
      (await tellings(parts)).flatMap((one) => postureView(one, reader, link)),
    history: async (asked) => {
      const { policy } = (await journal.look([])).situation("");
      const read = await readFilter({ store, policy, people: rules.people() }, asked);
      if ("unfit" in read) return read;
      const found = await store.entries({ ...read.filter, limit: asked.limit });
      const telling = await tellingWithTexts(parts, found);
      return found.map((recorded) => historyView(telling, recorded));
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
      const all = await tellings(parts);
      const { org } = await journal.look([]);
      const link = chat === undefined ? null : linkBehind(org, person, chat);
      const postures = all.flatMap((one) => postureView(one, person, link));
      return { ...(await personView(parts, all, { person, link })), postures };
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

/** A telling with the texts of these entries. */
export const tellingWithTexts = async (
  { store, journal }: AuditParts,
  found: readonly Recorded[],
): Promise<Telling> => {
  const reasons = found.flatMap(({ entry }) => textsIn(entry));
  const texts = new Map(
    [...(await store.texts(reasons))].map(([commitment, { text }]) => [commitment, text]),
  );
  return { ...(await journal.look([])).telling(""), texts };
};

const historyView = (telling: Telling, recorded: Recorded): HistoryView => {
  const { entry, index } = recorded;
  const deployment =
    "deployment" in entry ? entry.deployment : entry.subject.replace(/^deployment:/, "");
  return {
    index,
    at: timeOf(entry),
    kind: entry.kind,
    deployment: deployment === "org" ? "" : deployment,
    escalation: "escalation" in entry ? entry.escalation : "",
    line: historyLine(telling, recorded),
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

/** How a deployment stands, with the buttons of one reader. */
const postureView = (
  telling: Telling,
  reader: PersonId | null,
  link: EntryId | null,
): readonly PostureView[] => {
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
        told: beforeConfirming(telling),
        waits: proposal.waits ? plain(proposalLine(telling)[0] ?? []) : null,
      },
      decision: posture.decided && decisionView(telling, posture.decided),
      buttons: reader
        ? offeredTo(
            spokenBy(telling.situation, link),
            null,
            reader,
            postureButtons(telling, deployment),
          )
        : [],
    },
  ];
};

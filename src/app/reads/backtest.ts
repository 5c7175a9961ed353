import { createBacktest, type RuleFigures } from "../../core/escalation/backtest.ts";
import type { Reading } from "../../core/escalation/readings.ts";
import { needsAnswer } from "../../core/escalation/signal-evidence.ts";
import type { Instant, Millis, PersonId } from "../../core/ids.ts";
import type { Policy } from "../../core/policy/model.ts";
import type { PolicyDoc } from "../../core/policy/schema/policy-schema.ts";
import { rfc3339 } from "../../core/time.ts";
import { type AdoptParts, prepare } from "../commands/prepare-policy.ts";
import { newestOf } from "../intake/added-readings.ts";
import { judgedBy } from "../intake/remembering.ts";
import type { Backtest, BacktestRule, SignalRow } from "../ports.ts";
import { turn } from "../turn.ts";
import type { UnitOfWork } from "../unit-of-work.ts";

/**
 * A policy and the one in force over the signals that are stored. Nothing is written. Signals keep
 * the deployment that they were stored for, whatever the sources of the other policy say.
 */

const day: Millis = 86_400_000;

/** The newest so many signals of a deployment are replayed. */
const mostReplayed = 10_000;

/** The other policy against the one in force; null before the first. */
export async function backtest(
  parts: AdoptParts,
  doc: PolicyDoc,
  days: number,
): Promise<Backtest | null> {
  const { policy: other, people } = await prepare(parts, doc);
  const first = await parts.journal.look([]);
  if (first.org.policy === "") return null;
  const now = first.rules.policy(first.org.policy);
  const deployments = [...new Set([...now.deployments.keys(), ...other.deployments.keys()])];
  const work = await parts.journal.look(deployments);
  const since = work.now - days * day;
  const [was, is] = [replayOf(now, work), replayOf(other, work)];
  let count = 0;
  let isCut = false;
  for (const deployment of deployments) {
    const rows = await parts.store.signalsSince(deployment, since, mostReplayed);
    isCut ||= rows.length === mostReplayed;
    count += rows.length;
    for (const [at, row] of rows.toReversed().entries()) {
      was.take(row, deployment);
      is.take(row, deployment);
      if (at % 25 === 0) await turn();
    }
  }
  const names = new Map(people.map(({ id, name }) => [id, name]));
  const nameOf = (id: PersonId): string => parts.rules.person(id)?.name ?? names.get(id) ?? id;
  return {
    since: rfc3339(since),
    signals: count,
    isCut,
    rules: together(was.figures(), is.figures(), nameOf),
    unmatched: { before: was.unmatched(), after: is.unmatched() },
  };
}

/** One policy over signals, oldest first. What rules remember begins with the first of them. */
function replayOf(policy: Policy, work: UnitOfWork) {
  const counted = createBacktest(policy);
  const kept = new Map<string, Map<string, Reading>>();
  let unmatched = 0;
  const situation = (deployment: string) => ({ policy, state: work.state(deployment) });
  return {
    take({ delivery: id, position, at, observed }: SignalRow, deployment: string): void {
      if (observed.test || !policy.deployments.has(deployment)) return;
      const received = {
        delivery: deliveredAt(id, observed.signal.source, at),
        position,
        observed,
      };
      const by = { now: at, situation };
      const { judged, remember } = judgedBy(
        {
          by,
          readings: (wanted) => newestOf([...(kept.get(wanted.rule)?.values() ?? [])], wanted),
        },
        received,
        deployment,
      );
      for (const reading of remember) {
        const ofRule = kept.get(reading.rule) ?? new Map<string, Reading>();
        kept.set(reading.rule, ofRule.set(JSON.stringify([deployment, reading.seen]), reading));
      }
      for (const { trigger, verdict } of judged)
        counted.take(trigger, deployment, { at, is: verdict.is });
      const isSeen = judged.some(
        ({ trigger, verdict, counts }) => !trigger.shadow && (counts || verdict.is !== "quiet"),
      );
      if (!isSeen && !observed.partial && needsAnswer(observed.signal)) unmatched += 1;
    },
    figures: counted.figures,
    unmatched: () => unmatched,
  };
}

const deliveredAt = (id: string, source: string, receivedAt: Instant) => ({
  id,
  source,
  receivedAt,
  contentType: "",
  body: new Uint8Array(),
  identity: null,
  attributes: {},
});

/** Each trigger on each deployment, by both policies. */
function together(
  was: readonly RuleFigures[],
  is: readonly RuleFigures[],
  nameOf: (id: PersonId) => string,
): readonly BacktestRule[] {
  const keyOf = ({ deployment, trigger }: RuleFigures): string =>
    JSON.stringify([deployment, trigger]);
  const said = (all: readonly RuleFigures[]) =>
    new Map(all.map((figures) => [keyOf(figures), figuresSaid(figures, nameOf)]));
  const [before, after] = [said(was), said(is)];
  const every = new Map([...was, ...is].map((figures) => [keyOf(figures), figures]));
  return [...every].map(([key, { deployment, trigger }]) => ({
    deployment,
    trigger,
    before: before.get(key) ?? null,
    after: after.get(key) ?? null,
  }));
}

function figuresSaid(
  { deployment: _deployment, trigger: _trigger, named, response, ...figures }: RuleFigures,
  nameOf: (id: PersonId) => string,
) {
  const people = Object.entries(named).map(([id, times]): [string, number] => [
    id === "" ? "nobody" : nameOf(id as PersonId),
    times,
  ]);
  return {
    ...figures,
    named: Object.fromEntries(people),
    response: response.kind === "narrow" ? `narrow to ${response.scope}` : response.kind,
  };
}

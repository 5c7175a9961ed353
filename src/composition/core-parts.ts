import { AsyncResource } from "node:async_hooks";
import { commands } from "../../commands/index.ts";
import { createInbound } from "../app/commands/decide.ts";
import { createSessions } from "../app/commands/sessions.ts";
import { type EvaluatorParts, evaluateAll } from "../app/intake/evaluate.ts";
import { createObserve } from "../app/intake/observe.ts";
import { createWaitingCheck, type WaitingCheck } from "../app/intake/waiting-deliveries.ts";
import { createJournal, type Journal } from "../app/journal.ts";
import { createPolicyCache, type PolicyCache } from "../app/policy-cache.ts";
import { type Chat, withTimeout } from "../app/ports.ts";
import { createReads } from "../app/reads/http-reads.ts";
import { createLogService } from "../app/reads/log-service.ts";
import { createNoteRead } from "../app/reads/note-read.ts";
import { createPostureHistory } from "../app/reads/posture-history.ts";
import { createViews } from "../app/reads/views.ts";
import { createDoubts } from "../app/self-check/doubts.ts";
import { createSelfCheck } from "../app/self-check/self-check.ts";
import { consoleChat } from "../console/chat.ts";
import { witnessesOf } from "../core/policy/model.ts";
import type { PolicyDoc } from "../core/policy/schema/policy-schema.ts";
import { parseNotice } from "../core/reassessment/silence-notice.ts";
import { readPolicyText } from "../policy-file.ts";
import { parseDelivery } from "../sources/index.ts";
import type { ChatParts } from "./chat-parts.ts";
import type { Dependencies } from "./dependencies.ts";

export type Parts = ReturnType<typeof buildParts>;

/** Builds the application over a store; nothing runs yet. */
export function buildParts(dependencies: Dependencies) {
  const { store, key, keys, lastSigned, keptPolicies: kept, clock, random, report } = dependencies;
  const doubts = createDoubts();
  const rules = createPolicyCache(store, { doubts, kept });
  const slack = dependencies.slack?.(rules) ?? null;
  const teams = dependencies.teams?.(rules) ?? null;
  const platforms: readonly ChatParts[] = [slack, teams].filter((chatParts) => chatParts !== null);
  const alone = platforms.length === 0;
  const chats: readonly Chat[] = [
    consoleChat(store, clock, { alone }),
    ...platforms.map(({ chat }) => chat),
  ];
  const observe = createObserve({ parse: parseDelivery, parseOwn: parseNotice });
  const readFirst = (): WaitingCheck =>
    createWaitingCheck({
      observe,
      store,
      rules,
      evaluate: (deliveries) => evaluateAll(evaluator, deliveries),
    });
  const selfCheck = createSelfCheck({ store, rules, kept, clock, doubts });
  const { scopeByLog } = selfCheck;
  const origin = key.origin;
  const journal = inTheirOwn(
    createJournal({ store, clock, random, rules, origin, chats, doubts, scopeByLog, readFirst }),
  );
  const noteRead = createNoteRead({ journal, clock, report });
  const history = createPostureHistory(store);
  const shell = { store, journal, rules, random, readPolicy, history };
  const evaluator: EvaluatorParts = { ...shell, observe };
  const record = createLogService(store, key, {
    lastSigned,
    doubts,
    check: selfCheck.upToHead,
    witnesses: () => witnessesNow(journal, rules),
    newerKeys: () => keys.all(),
  });
  return {
    ...shell,
    observe,
    evaluator,
    chats,
    slack,
    platforms,
    inbound: createInbound({
      ...shell,
      keyFor: record.keyFor,
      noteRead,
      commands,
      publicUrl: dependencies.publicUrl,
      within: withTimeout,
      times: dependencies.answerTimes,
      log: report,
    }),
    views: createViews({ ...shell, logKeys: record.keys }),
    reads: createReads(shell),
    noteRead,
    sessions: createSessions({ store, journal, clock, random }),
    doubts,
    lastSigned,
    selfCheck,
    keys,
    record,
  };
}

function readPolicy(yaml: string): PolicyDoc | null {
  const read = readPolicyText("policy", yaml);
  return read.ok ? read.doc : null;
}

/** Keys of the witnesses that the policy in force names. */
async function witnessesNow(journal: Journal, rules: PolicyCache): Promise<readonly string[]> {
  await journal.look([]);
  const policy = rules.current();
  return policy ? witnessesOf(policy) : [];
}

/**
 * Listeners of a commit run with normal priority, even if the commit itself ran in the background:
 * a card is sent before noise is read.
 */
const inTheirOwn = (journal: Journal): Journal => ({
  ...journal,
  onCommit: (listener) => journal.onCommit(AsyncResource.bind(listener)),
});

import { mayConfirmPolicy, waitingProposal } from "../../core/people/policy-proposal.ts";
import type { Policy } from "../../core/policy/model.ts";
import { relaxationsOf } from "../../core/policy/relaxations/relaxations.ts";
import type { ProposedPolicy } from "../../core/state/state.ts";
import { confirming as words } from "../../core/words/adoption.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import { adoptIn, deploymentsTouched } from "./adopt-policy.ts";
import {
  type CommandReply,
  no,
  type ParsedCommand,
  personAsking,
  told,
  type Write,
} from "./command.ts";
import type { CommandParts } from "./command-parts.ts";
import { type Prepared, prepare } from "./prepare-policy.ts";

/** A second person confirms a policy that was proposed: from then on it is in force. */
export async function confirmPolicy(
  parts: CommandParts,
  said: ParsedCommand,
  proposal: ProposedPolicy,
): Promise<CommandReply | Write> {
  const { store, rules } = parts;
  const row = await store.policy(proposal.digest);
  const doc = row ? parts.readPolicy(row.yaml) : null;
  if (!row || !doc) return no(words.gone);
  const prepared: Prepared = { ...(await prepare(parts, doc)), said: null };
  if (prepared.policy.digest !== proposal.digest) return no(words.gone);
  rules.prime(prepared.policy, prepared.texts);
  return {
    do: "write",
    deployments: deploymentsTouched(rules, proposal.before, prepared.policy),
    isKept: true,
    work: (work) => confirm(parts, work, { said, proposal, prepared, yaml: row.yaml }),
  };
}

async function confirm(
  { store, rules }: CommandParts,
  work: UnitOfWork,
  {
    said,
    proposal,
    prepared,
    yaml,
  }: {
    readonly said: ParsedCommand;
    readonly proposal: ProposedPolicy;
    readonly prepared: Prepared;
    readonly yaml: string;
  },
): Promise<CommandReply> {
  if (waitingProposal(work.org, work.now)?.entry !== proposal.entry) return no(words.none);
  const person = personAsking(said);
  if (said.invocation.link !== null) return no(words.link);
  if ((work.org.rebound[person] ?? 0) > work.now) return no(words.newAccount);
  const situation = work.situation("");
  const may = mayConfirmPolicy(
    situation,
    loosened(situation.policy, prepared.policy),
    proposal.person,
  );
  if (!may.includes(person))
    return no(words.notYou(may.map((id) => rules.person(id)?.name ?? id).sort()));
  const actor = { type: "person", person } as const;
  const { surface } = said.invocation;
  const what = { yaml, current: proposal.before, actor, surface, said: null, proposal };
  const deployments = deploymentsTouched(rules, proposal.before, prepared.policy);
  const adopted = await adoptIn(store, work, { what, prepared, deployments });
  switch (adopted.is) {
    case "adopted":
      return told(words.done(adopted.digest.slice(0, 12)));
    case "invalid":
      return no(words.unfit(adopted.problems));
    case "moved":
    case "same":
    case "proposed":
      return no(words.moved);
  }
}

const loosened = (was: Policy, is: Policy): readonly string[] => [
  ...new Set(relaxationsOf(was, is).map(({ deployment }) => deployment)),
];

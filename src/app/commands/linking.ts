import { plainWord } from "../../core/command-line/phone-typing.ts";
import type { Instant, PersonId } from "../../core/ids.ts";
import { digestOf } from "../../core/log/commitment.ts";
import {
  codeIn,
  codeLasts,
  codeText,
  freedOf,
  guessesAtMost,
  guessesLast,
  knownAs,
  mayAsk,
  whichToUnlink,
  whoLinks,
} from "../../core/people/account-linking.ts";
import type { Account, AccountChat, Named } from "../../core/people/person.ts";
import { newUntil } from "../../core/people/rebind.ts";
import * as words from "../../core/words/account-linking.ts";
import type { SessionRow, Store } from "../ports.ts";
import type { UnitOfWork } from "../unit-of-work.ts";
import {
  type CommandContext,
  type CommandResult,
  type ParsedCommand,
  type Prepared,
  refused,
  told,
  type Write,
} from "./command.ts";

/**
 * How an account becomes a person's who is named elsewhere: a code shown to them there, and entered
 * from it.
 */

/**
 * Shows a code to a person. It is kept nowhere but as a hash: not under the command's key either,
 * so saying it again makes another.
 */
export function showCode(
  context: CommandContext,
  { invocation }: ParsedCommand,
  person: PersonId,
): Prepared {
  if (!invocation.private) return refused({ refused: "not-private" });
  const show = async (work: UnitOfWork): Promise<CommandResult> => {
    const { policy } = work.situation("");
    const rows = await context.store.people();
    const no = mayAsk({ now: work.now, policy, rows }, person);
    if (no) return refused(no);
    const code = codeText(work.random.id(""));
    const expires = work.now + codeLasts;
    const kept = hashOf(codeIn(code) ?? code);
    const { link } = invocation;
    work.extra.sessions.push({ hash: kept, person, kind: "code", expires, link });
    return words.code(code);
  };
  return { do: "write", deployments: [], isKept: false, work: show };
}

/** Makes the account that spoke the account of whoever the code was shown to. */
export async function enterCode(
  context: CommandContext,
  said: ParsedCommand,
  account: Account,
): Promise<Prepared> {
  const { now } = context;
  const code = codeIn(said.words.join(" "));
  const hash = code === null ? null : hashOf(code);
  const minutes =
    hash === null ? 0 : await waitToGuess(context.store, { parsedCommand: said, account, now });
  const enter = async (work: UnitOfWork): Promise<CommandResult> => {
    const { policy } = work.situation("");
    const rows = await context.store.people();
    const known = knownAs({ policy, rows }, account);
    if (known) return refused(known);
    if (minutes > 0) return refused({ refused: "guessed-too-often", minutes });
    const waiting = hash === null ? undefined : await context.store.session(hash);
    const who = whoLinks(
      { now: work.now, policy, rows },
      account,
      waiting?.kind === "code" ? waiting : null,
    );
    if (typeof who !== "string") return refused(who);
    work.extra.spent.push(...(hash === null ? [] : [hash]));
    return linkAccount(work, { account, shownTo: { person: who, code: waiting }, rows });
  };
  return { do: "write", deployments: [], isKept: true, work: enter };
}

/**
 * Whom the code was shown to. Where a login link of the operator is behind it, the account rests on
 * that link too.
 */
interface ShownTo {
  readonly person: PersonId;
  readonly code: SessionRow | undefined;
}

function linkAccount(
  work: UnitOfWork,
  {
    account: { chat, id },
    shownTo: { person, code },
    rows,
  }: { readonly account: Account; readonly shownTo: ShownTo; readonly rows: readonly Named[] },
): CommandResult {
  const { policy } = work.situation("");
  const isNamed = (person: PersonId) => policy.people.has(person);
  work.extra.people.push(...freedOf([{ chat, id }], rows, isNamed));
  work.extra.links.push({ person, chat, account: id });
  const rebind = newUntil(work.now, [policy]);
  const linked = { kind: "identity.linked", person, chat, account: work.text(id) } as const;
  const body = { ...linked, ...(rebind !== null && { rebind }) };
  work.add("org", [{ actor: { type: "person", person }, body, link: code?.link ?? null }]);
  return told(words.youAre(work.rules.person(person)?.name ?? "somebody", chat));
}

/**
 * In how many minutes this account may enter a code; 0 = now. Each one takes one of a few places,
 * which all replicas share; the same message again takes none.
 */
async function waitToGuess(
  store: Pick<Store, "firstSight">,
  {
    parsedCommand: { invocation },
    account: { chat, id },
    now,
  }: { readonly parsedCommand: ParsedCommand; readonly account: Account; readonly now: Instant },
): Promise<number> {
  const message = hashOf(`${invocation.key} ${invocation.line}`);
  if (!(await store.firstSight(`link:said:${message}`))) return 0;
  const period = Math.floor(now / guessesLast);
  const place = `link:guess:${hashOf(`${chat} ${id}`)}:${period}`;
  for (let taken = 0; taken < guessesAtMost; taken += 1)
    if (await store.firstSight(`${place}:${taken}`)) return 0;
  return Math.ceil(((period + 1) * guessesLast - now) / 60_000);
}

/** Takes an account away again that a person linked. */
export function unlinkAccount(said: ParsedCommand, person: PersonId): Write {
  const unlink = (work: UnitOfWork): CommandResult => {
    const chat = whichToUnlink(work.org, person, said.words.map(plainWord).join(" "));
    if (typeof chat !== "string") return refused(chat);
    takeAway(work, person, chat);
    return told(words.nobodys(chat));
  };
  return { do: "write", deployments: [], isKept: true, work: unlink };
}

/** The account that a person linked in a chat is nobody's any more, as they ask. */
export function takeAway(work: UnitOfWork, person: PersonId, chat: AccountChat): void {
  work.extra.links.push({ person, chat, account: null });
  const body = { kind: "identity.unlinked", person, chat, because: "asked" } as const;
  work.add("org", [{ actor: { type: "person", person }, body }]);
}

const hashOf = (text: string): string => digestOf(new TextEncoder().encode(text));

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
} from "../core/identity.ts";
import type { Instant, PersonId } from "../core/ids.ts";
import { digestOf } from "../core/log/commitment.ts";
import type { Account, AccountChat, Named } from "../core/people.ts";
import { bare } from "../core/typed-words.ts";
import * as words from "../core/words-identity.ts";
import { type Reply, type Room, refused, type Said, told } from "./command.ts";
import type { Desk } from "./desk.ts";
import type { SessionRow, Store } from "./ports.ts";

/** How an account becomes a person's who is named elsewhere: a code shown to them there, and entered from it. */

/** Shows a code to a person. It is kept nowhere but as a hash: not under the command's key either, so saying it again makes another. */
export const showCode = async (
  room: Room,
  { invocation }: Said,
  person: PersonId,
): Promise<Reply> => {
  if (!invocation.private) return refused({ refused: "not-private" });
  return room.unkept(invocation.surface, async (desk) => {
    const { policy } = desk.situation("");
    const rows = await room.store.people();
    const no = mayAsk({ now: desk.now, policy, rows }, person);
    if (no) return refused(no);
    const code = codeText(desk.random.id(""));
    const expires = desk.now + codeLasts;
    const kept = hashOf(codeIn(code) ?? code);
    const { link = null } = invocation;
    desk.extra.sessions.push({ hash: kept, person, kind: "code", expires, link });
    return words.code(code);
  });
};

/** Makes the account that spoke the account of whoever the code was shown to. */
export const enterCode = async (room: Room, said: Said, account: Account): Promise<Reply> => {
  const { now } = await room.look([]);
  const code = codeIn(said.words.join(" "));
  const hash = code === null ? null : hashOf(code);
  const minutes = hash === null ? 0 : await waitToGuess(room.store, said, account, now);
  return room.write(said, [], async (desk) => {
    const { policy } = desk.situation("");
    const rows = await room.store.people();
    const known = knownAs({ policy, rows }, account);
    if (known) return refused(known);
    if (minutes > 0) return refused({ refused: "guessed-too-often", minutes });
    const waiting = hash === null ? undefined : await room.store.session(hash);
    const who = whoLinks(
      { now: desk.now, policy, rows },
      account,
      waiting?.kind === "code" ? waiting : null,
    );
    if (typeof who !== "string") return refused(who);
    desk.extra.spent.push(...(hash === null ? [] : [hash]));
    return linkAccount(desk, account, { person: who, code: waiting }, rows);
  });
};

/** Whom the code was shown to. Where a login link of the operator is behind it, the account rests on that link too. */
interface ShownTo {
  readonly person: PersonId;
  readonly code: SessionRow | undefined;
}

const linkAccount = (
  desk: Desk,
  { chat, id }: Account,
  { person, code }: ShownTo,
  rows: readonly Named[],
): Reply => {
  const { policy } = desk.situation("");
  const isNamed = (one: PersonId) => policy.people.has(one);
  desk.extra.people.push(...freedOf([{ chat, id }], rows, isNamed));
  desk.extra.links.push({ person, chat, account: id });
  const body = { kind: "identity.linked", person, chat, account: desk.text(id) } as const;
  desk.add("org", [{ actor: { type: "person", person }, body, link: code?.link ?? null }]);
  return told(words.youAre(desk.rules.person(person)?.name ?? "somebody", chat));
};

/**
 * In how many minutes this account may enter a code; 0 = now. Each one takes one of a few places, which all replicas share; the same
 * message again takes none.
 */
const waitToGuess = async (
  store: Pick<Store, "firstSight">,
  { invocation }: Said,
  { chat, id }: Account,
  now: Instant,
): Promise<number> => {
  const message = hashOf(`${invocation.key} ${invocation.line}`);
  if (!(await store.firstSight(`link:said:${message}`))) return 0;
  const period = Math.floor(now / guessesLast);
  const place = `link:guess:${hashOf(`${chat} ${id}`)}:${period}`;
  for (let taken = 0; taken < guessesAtMost; taken += 1)
    if (await store.firstSight(`${place}:${taken}`)) return 0;
  return Math.ceil(((period + 1) * guessesLast - now) / 60_000);
};

/** Takes an account away again that a person linked. */
export const unlinkAccount = (room: Room, said: Said, person: PersonId): Promise<Reply> =>
  room.write(said, [], (desk) => {
    const chat = whichToUnlink(desk.org, person, said.words.map(bare).join(" "));
    if (typeof chat !== "string") return refused(chat);
    takeAway(desk, person, chat);
    return told(words.nobodys(chat));
  });

/** The account that a person linked in a chat is nobody's any more, as they ask. */
export const takeAway = (desk: Desk, person: PersonId, chat: AccountChat): void => {
  desk.extra.links.push({ person, chat, account: null });
  const body = { kind: "identity.unlinked", person, chat, because: "asked" } as const;
  desk.add("org", [{ actor: { type: "person", person }, body }]);
};

const hashOf = (text: string): string => digestOf(new TextEncoder().encode(text));

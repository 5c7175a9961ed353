import { describe, expect, test } from "vitest";
import { teamsCard } from "../../../src/chat/teams/render/card.ts";
import { teamsLine } from "../../../src/chat/teams/render/line.ts";
import type { Card } from "../../../src/core/card/card.ts";
import type { People } from "../../../src/core/people/person.ts";
import { plain } from "../../../src/core/words/words.ts";
import { people as named } from "../../support/builders.ts";
import { cards } from "../../support/golden-cards.ts";
import { readCard } from "../../support/teams-reading.ts";
import { accountFor } from "../../support/teams-server.ts";
import { button, buttonContext, channel, open, team } from "../slack/samples.ts";

/**
 * The cards of the golden texts as Teams is sent them: the same lines and buttons, and what a
 * client makes of them.
 */

const withAccounts = (people: People): People =>
  new Map(
    [...people].map(([id, person]) => [id, { ...person, teams: accountFor(person.key).aad }]),
  );
const people = withAccounts(team);
const drawn = (card: Card, first = true) =>
  teamsCard(card, { people: withAccounts(named), channel, first, repeat: false });

describe("a card of the golden texts", () => {
  test.each(Object.keys(cards))("is sent to Teams as its golden file: %s", async (name) => {
    const card = cards[name]?.() as Card;

    const json = `${JSON.stringify(drawn(card), null, 2)}\n`;

    await expect(json).toMatchFileSnapshot(`../../golden/teams/${name}.json`);
  });

  test.each(Object.keys(cards))("says every line of its text, and has its buttons: %s", (name) => {
    const card = cards[name]?.() as Card;
    const { lines, actions } = readCard(drawn(card, false).card);

    expect(lines).toEqual([card.title, ...card.lines].map(plain));
    expect(actions.map(({ title }) => title)).toEqual(
      expect.arrayContaining(
        card.buttons
          .flat()
          .filter(({ command }) => card.status !== "open" || !command.startsWith("keep "))
          .map(({ label }) => label),
      ),
    );
    expect(actions.at(-1)?.title).toBe("More…");
  });
});

describe("mentions", () => {
  const mentions = (card: object): readonly string[] =>
    (
      card as { readonly msteams?: { readonly entities?: readonly { readonly text: string }[] } }
    ).msteams?.entities?.map(({ text }) => text) ?? [];

  test("whoever is asked is mentioned in the first posting, and by no edit", () => {
    const first = teamsCard(open, { people, channel, first: true, repeat: false });
    const edit = teamsCard(open, { people, channel, first: false, repeat: false });

    expect([...mentions(first.card)].sort()).toEqual([
      "<at>Bob Okafor</at>",
      "<at>Chidi Lindt</at>",
    ]);
    expect(mentions(edit.card)).toEqual([]);
  });

  test("an id that is no directory id, and a name with Markdown in it, mention nobody wrongly", () => {
    const odd: People = new Map(
      [...people].map(([id, person]) => [
        id,
        { ...person, name: "</at>[x](y)", teams: person.key === "bob" ? "@bob" : person.teams },
      ]),
    );

    const told = mentions(
      teamsCard(open, { people: odd, channel, first: true, repeat: false }).card,
    );

    expect(told).toHaveLength(1);
    expect(told[0]).not.toMatch(/[[\]()]/);
  });

  test("a sentence mentions everybody it is for once, below it", () => {
    const [first, second] = [...people.values()];
    if (!first || !second) throw new Error("nobody");
    const line = ["Ask ", { person: first.id, name: first.name, mention: true } as const, " again"];
    const said = { ...buttonContext, line, to: [first.id, second.id], buttons: [button()] };

    expect([...mentions(teamsLine(said, { people }).card)].sort()).toEqual(
      [first, second].map(({ name }) => `<at>${name}</at>`).sort(),
    );
  });
});

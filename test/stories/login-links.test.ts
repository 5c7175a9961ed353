import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { signedIn } from "../support/linking.ts";
import { walkBlocks } from "../support/slack-reading.ts";
import { openSlackWorld, type SlackWorld } from "../support/slack-world.ts";
import { jailbreak } from "../support/world.ts";

/** What the holder of the operator's token can do alone, and who hears of it. */

const erin = "U0ERIN0001";
const chidi = "U0CHIDI001";
const channel = "C0RISK0001";

const textsTo = (world: SlackWorld, user: string): readonly string[] =>
  world.slack.directs(user).map(({ blocks }) => walkBlocks(blocks).lines.join("\n"));

async function paused(world: SlackWorld): Promise<void> {
  await world.send("signals", jailbreak());
  await world.type("bob", "/pause HP-1 because the samples are real");
}

/** Both people of a resume, by links that the operator made. */
async function resumedByLinks(world: SlackWorld) {
  const [browser, other] = [await signedIn(world, "chidi"), await signedIn(world, "erin")];
  const started = await browser.say("resume HP-1 because it is over");
  const agreed = await other.say("resume HP-1");
  await world.settle();
  return { one: browser, other, started, agreed };
}

oneDatabase((kind) => {
  test.skipIf(kind === "pglite")(
    "two login links do not resume alone: both are told, and one says that it was not them",
    async () => {
      const world = await openSlackWorld(kind);
      await paused(world);

      const { one: browser, other, agreed } = await resumedByLinks(world);

      expect(agreed.text).toContain(
        "Takes effect 10:10 GMT unless Chidi Lindt or Erin Sato says it was not them",
      );
      expect(await world.posture()).toBe("paused");
      expect(world.posted("HP-1").text).toContain("(signed in by a link of the operator)");
      for (const user of [chidi, erin]) {
        const texts = textsTo(world, user).join("\n");
        expect(texts).toContain("The operator made a login link");
        expect(texts).toContain("Somebody signed in to the console as");
        expect(texts).toContain("Takes effect 10:10 GMT");
      }
      await world.restart();
      await world.clock.advance("9m");
      const told = world.slack
        .directs(erin)
        .find(({ blocks }) => walkBlocks(blocks).lines.join().includes("Somebody signed in"));
      const answer = await world.press("erin", "That was not me", told);
      expect(answer.text).toContain(
        "The resume of Assistant (production) that waited on it was dropped",
      );
      await world.clock.advance("1h");

      expect(await world.posture()).toBe("paused");
      const said = world.slack
        .messagesIn(channel)
        .map(({ blocks }) => walkBlocks(blocks).lines.join("\n"))
        .join("\n");
      expect(said).toContain("Erin Sato says that it was not them who signed in");
      expect(said).toContain("the resume was dropped, one of its people says that it was not them");
      expect((await other.page("/")).status).toBe(401);
      expect((await browser.page("/")).status).toBe(401); // an hour has passed
      const kinds = await world.kinds();
      expect(kinds.filter((kind) => kind.startsWith("session."))).toEqual([
        "session.issued",
        "session.used",
        "session.issued",
        "session.used",
        "session.ended",
      ]);
      expect((await world.write("erin", "notme")).text).toContain(
        "No login link that was made for you is open",
      );
    },
  );

  test.skipIf(kind === "pglite")(
    "nobody said no for ten minutes: it resumes, on the record as by links; and logging out ends a session for good",
    async () => {
      const world = await openSlackWorld(kind);
      await paused(world);
      const { one: browser, other } = await resumedByLinks(world);
      const [[name, token] = ["", ""]] = browser.cookies;

      expect(await browser.submit("/logout", {})).toMatchObject({ status: 303 });
      const cookie = `${name}=${token}`;
      const replayed = await fetch(world.server().url, { headers: { cookie } });
      expect(replayed.status).toBe(401);
      expect((await other.page("/")).status).toBe(200);
      await world.clock.advance("10m");

      expect(await world.posture()).toBe("full");
      const [made] = await world.server().store.entries({ kinds: ["decision.made"], limit: 1 });
      expect(made?.entry).toMatchObject({
        decision: "resume",
        surface: "tick",
        byLink: [{}, {}].map(() => expect.stringMatching(/^p_/)),
      });
      const [ended] = await world.server().store.entries({ kinds: ["session.ended"], limit: 1 });
      expect(ended?.entry).toMatchObject({ because: "logout" });
    },
  );

  test.skipIf(kind === "pglite")(
    "who is known otherwise by a policy is an entry, told to the account before and to the channel; swapping back is too",
    async () => {
      const world = await openSlackWorld(kind);
      const swap = (yaml: string) =>
        yaml.replace(chidi, "U0SWAP0001").replace(erin, chidi).replace("U0SWAP0001", erin);

      expect(await world.adopt(swap)).toMatchObject({ status: 200 });

      const changes = async () =>
        (await world.server().store.entriesFrom(0, 100))
          .map(({ entry }) => entry)
          .filter(({ kind }) => kind === "identity.changed");
      expect(await changes()).toMatchObject([
        {
          what: "changed",
          actor: { type: "operator" },
          deployments: ["assistant-prod"],
          changes: [{ of: "slack", before: expect.stringMatching(/^c_/) }],
        },
        { what: "changed" },
      ]);
      expect(textsTo(world, chidi).join("\n")).toContain(`Slack account ${erin}, before ${chidi}`);
      expect(textsTo(world, erin).join("\n")).toContain(`Slack account ${chidi}, before ${erin}`);
      const said = world.slack
        .messagesIn(channel)
        .map(({ blocks }) => walkBlocks(blocks).lines.join("\n"));
      expect(said.filter((name) => name.includes("changes who"))).toHaveLength(2);
      const log = (await world.server().store.entriesFrom(0, 100))
        .map(({ bytes }) => new TextDecoder().decode(bytes))
        .join("\n");
      expect(log).not.toContain(chidi);

      await world.adopt(swap);
      expect(await changes()).toHaveLength(4);
      expect(textsTo(world, chidi)).toHaveLength(2);

      await world.adopt((yaml) =>
        yaml
          .replace(/^ {2}frank: .*\n/m, "")
          .replace(", frank]", "]")
          .replace("[frank]", "[erin]"),
      );
      expect((await changes()).at(-1)).toMatchObject({ what: "removed" });
      expect(textsTo(world, "U0FRANK001").join("\n")).toContain("no longer names Frank Moreau");
      await world.adopt((yaml) =>
        yaml.replace(
          /^( {2}erin: .*\n)/m,
          "$1  franco: { name: Frank Moreau, slack: U0EVIL0001 }\n",
        ),
      );
      expect((await changes()).at(-1)).toMatchObject({ what: "added" });
      expect(textsTo(world, "U0FRANK001").at(-1)).toContain("names Frank Moreau from now on");
    },
  );
});

import { expect, test } from "vitest";
import { eachDatabase, freshStore } from "../support/databases.ts";
import { change, noon } from "./support.ts";

const person = "p_ada" as never;
const ada = {
  id: person,
  key: "ada",
  name: "Ada",
  slack: null,
  teams: null,
  pagerduty: null,
  oidc: null,
};

eachDatabase((kind) => {
  test("what somebody linked is kept when a policy names them anew, and taken away in each chat by itself", async () => {
    const { store } = await freshStore(kind);
    const linked = async () => (await store.people()).map((person) => person.linked);
    await store.commit(change({ people: [ada] }));

    const links = [
      { person, chat: "slack" as const, account: "U0ADA00001" },
      { person, chat: "teams" as const, account: "aad" },
    ];
    await store.commit(change({ links }));
    await store.commit(change({ people: [{ ...ada, name: "Ada L.", slack: "U0NEW00001" }] }));
    expect(await linked()).toEqual([{ slack: "U0ADA00001", teams: "aad" }]);
    await store.commit(change({ links: [{ person, chat: "slack", account: null }] }));

    expect(await linked()).toEqual([{ slack: null, teams: "aad" }]);
    expect(await store.people()).toMatchObject([{ name: "Ada L.", slack: "U0NEW00001" }]);
  });

  test("a code is spent once: the second commit that spends it changes nothing, whatever else it holds", async () => {
    const { store } = await freshStore(kind);
    const code = { hash: "h", person, kind: "code" as const, expires: noon };
    const byLink = { ...code, hash: "l", link: "e_link" };
    await store.commit(change({ people: [ada], sessions: [code, byLink] }));
    expect(await store.session("h")).toEqual({ ...code, link: null });
    expect(await store.session("l")).toEqual(byLink);

    const both = ["one", "two"].map((account) =>
      store.commit(change({ spent: ["h"], links: [{ person, chat: "slack", account }] })),
    );
    const unknown = store.commit(change({ spent: ["h", "never made"] }));

    const is = (await Promise.all(both)).map((committed) => committed.is);
    expect([...is].sort()).toEqual(["conflict", "done"]);
    expect((await unknown).is).toBe("conflict");
    const winner = ["one", "two"][is.indexOf("done")];
    expect(await store.people()).toMatchObject([{ linked: { slack: winner } }]);
    expect(await store.session("h")).toBeUndefined();
  });
});

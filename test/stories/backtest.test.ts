import { expect, test } from "vitest";
import { oneDatabase } from "../support/databases.ts";
import { operatorToken } from "../support/keys.ts";
import { jailbreak, openWorld } from "../support/world.ts";

/** What another policy would have done, before anybody adopts it. */

oneDatabase((kind) => {
  test("stored signals are replayed on both policies, and nothing is written", async () => {
    let text = "";
    const world = await openWorld(kind, {
      policy: (yaml) => {
        text = yaml;
        return yaml;
      },
    });
    for (const [at, value] of [0.06, 0.09, 0.02, 0.12].entries()) {
      await world.send("signals", jailbreak(value, { id: `run-${at}` }));
      await world.clock.advance("3h");
    }
    await world.restart();
    const before = await world.kinds();
    const ask = async (body: string, days = "30") => {
      const address = `${world.server().url}/v1/policy/backtest?days=${days}`;
      const headers = {
        authorization: `Bearer ${operatorToken}`,
        "content-type": "application/yaml",
      };
      const response = await fetch(address, { method: "POST", headers, body });
      return { status: response.status, body: (await response.json()) as unknown };
    };

    const looser = text.replace("signal.value > 0.05", "signal.value > 0.1");
    const shadow = looser.replace(
      "    severity: critical                    #",
      "    shadow: true\n    repeated: { times: 2, of: 4 }\n    severity: critical #",
    );
    const jailbreaks = { trigger: "jailbreak-rate", deployment: "assistant-prod" };
    const response = "narrow to no-tools";
    const inForce = { fired: 3, escalations: 3, alone: 3, byPolicy: 3, shadow: false, response };
    expect((await ask(looser)).body).toMatchObject({
      signals: 4,
      isCut: false,
      rules: expect.arrayContaining([
        {
          ...jailbreaks,
          before: { ...inForce, untold: 0, named: { "Chidi Lindt": 3 } },
          after: {
            ...inForce,
            ...{ fired: 1, escalations: 1, alone: 1, byPolicy: 1, untold: 0 },
            named: { "Chidi Lindt": 1 },
          },
        },
      ]),
      unmatched: { before: 0, after: 0 },
    });
    expect((await ask(shadow.replace("> 0.1", "> 0.05"))).body).toMatchObject({
      rules: expect.arrayContaining([
        expect.objectContaining({
          ...jailbreaks,
          after: expect.objectContaining({ shadow: true, fired: 2 }),
        }),
      ]),
    });
    expect((await ask("holdpoint: 1")).status).toBe(422);
    expect((await ask(looser, "0")).status).toBe(400);
    expect((await ask(looser, "all")).status).toBe(400);
    expect((await world.get("/v1/policy/backtest")).status).toBe(404);
    expect(await world.kinds()).toEqual(before);
  });
});

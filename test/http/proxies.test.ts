import { describe, expect, test } from "vitest";
import { isInstalled, proxies, startProxy } from "../support/proxies.ts";
import { wayTo } from "../support/way-to.ts";
import { holding, narrowed, open, paused } from "./holding.ts";
import { tokens } from "./start.ts";

/** What a client sees behind each proxy of docs/enforcement.md, whose blocks are what runs here. */

describe.each(proxies)("$name", (proxy) => {
  const { down, hangs } = proxy;

  test.skipIf(!isInstalled(proxy))(
    `lets requests pass, with the scope; a pause is 403, a Holdpoint that is down ${down}, one that hangs ${hangs}`,
    async () => {
      const { url: server, be } = await holding(open);
      const way = await wayTo(server);
      await way.open();
      const url = await startProxy(proxy, way.url, tokens.gateway);
      const ask = () =>
        fetch(`${url}/v1/chat/completions?stream=true`, {
          method: "POST",
          headers: { authorization: "Bearer sk-client", "holdpoint-scope": "full" },
          body: "a prompt",
        });

      const passed = await ask();
      be(narrowed);
      const narrower = await ask();
      be(paused);
      const stopped = await ask();
      const headOnly = await fetch(url, { method: "HEAD" });
      be(open);
      way.swallow();
      const hanging = await ask();
      way.hear();
      way.cut();
      const heard = await ask();
      await way.shut();
      const refused = await ask();
      await way.open();

      const request = {
        method: "POST",
        path: "/v1/chat/completions?stream=true",
        body: "a prompt",
      };
      const seen = [passed, narrower, stopped, headOnly, hanging, heard, refused];
      expect(seen.map(({ status }) => status)).toEqual([200, 200, 403, 403, hangs, 200, down]);
      expect(await passed.json()).toMatchObject({
        ...request,
        headers: { "holdpoint-scope": "full" },
      });
      const headers = { "holdpoint-scope": "no-tools", authorization: "Bearer sk-client" };
      const told = await narrower.text();
      expect(JSON.parse(told)).toMatchObject({ ...request, headers });
      expect(told).not.toContain(tokens.gateway);
      await expect.poll(async () => (await ask()).status, { timeout: 10_000 }).toBe(200);
    },
  );

  test.skipIf(!isInstalled(proxy))(
    "a token that Holdpoint does not know lets nothing pass",
    async () => {
      const { url: server } = await holding(open);
      const url = await startProxy(proxy, server, "wrong".repeat(8));

      expect((await fetch(url)).status).toBe(proxy.unknown);
    },
  );
});

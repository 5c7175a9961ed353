import { expect, test } from "vitest";
import { EndpointGone } from "../../src/app/ports.ts";
import { pageTimes, standardSchedule } from "../../src/notify/schedule.ts";
import { type Heard, receiver } from "../support/receiver.ts";
import { endpoint, faultOf, nextSecret, notice, outward, secret, verify } from "./start.ts";

function only(heard: readonly Heard[]): Heard {
  const [item] = heard;
  if (!item || heard.length > 1) throw new Error(`${heard.length} requests came in`);
  return item;
}

test("what is posted is a CloudEvent that the library verifies, and it points to what happened", async () => {
  const there = await receiver();

  await outward().notify(endpoint(`${there.url}/hook?team=a`), notice, 1);

  const { method, path, headers, text } = only(there.heard);
  expect([method, path, headers["content-type"]]).toEqual([
    "POST",
    "/hook?team=a",
    "application/cloudevents+json; charset=utf-8",
  ]);
  expect(verify(secret, headers, text)).toEqual({
    specversion: "1.0",
    type: "holdpoint.escalation.closed",
    source: "example.org/holdpoint",
    id: "e_abcdefghijklmnopqrst",
    time: "2026-11-23T10:00:00.000Z",
    subject: "assistant-prod",
    datacontenttype: "application/json",
    data: {
      entry: 7,
      deployment: "assistant-prod",
      escalation: "HP-1",
      state: "paused",
      version: 3,
      links: {
        entry: "https://holdpoint.example.org/log/proof/7",
        deployment: "https://holdpoint.example.org/v1/deployments/assistant-prod",
        escalation: "https://holdpoint.example.org/v1/escalations/HP-1",
      },
    },
  });
});

test("while a secret is changed both sign, and a stranger's secret or another body verifies nothing", async () => {
  const there = await receiver();

  await outward().notify(endpoint(there.url, { secrets: ["env:SECRET", "env:NEXT"] }), notice, 1);

  const { headers, text } = only(there.heard);
  expect(verify(secret, headers, text)).toEqual(verify(nextSecret, headers, text));
  expect(() => verify(`whsec_${Buffer.alloc(32).toString("base64")}`, headers, text)).toThrow();
  expect(() => verify(secret, headers, text.replace("paused", "open"))).toThrow();
});

test("every attempt has the same id and body, and the time of its own", async () => {
  const there = await receiver((n) => (n < 2 ? 500 : 204));
  let now = Date.parse("2026-11-23T10:00:00Z");
  const sender = outward({ clock: { now: () => now } });

  for (const attempt of [1, 2]) await faultOf(sender.notify(endpoint(there.url), notice, attempt));
  now += 5_000;
  await sender.notify(endpoint(there.url), notice, 3);

  const ids = there.heard.map(({ headers }) => headers["webhook-id"]);
  const times = there.heard.map(({ headers }) => headers["webhook-timestamp"]);
  expect(new Set(ids)).toEqual(new Set(["e_abcdefghijklmnopqrst"]));
  expect(new Set(there.heard.map(({ text }) => text)).size).toBe(1);
  expect(times).toEqual(["1795428000", "1795428000", "1795428005"]);
});

test("a failed attempt is followed by the next of the specification's schedule, and the tenth is the last", async () => {
  const there = await receiver(() => 500);
  const attempts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

  const faults = await Promise.all(
    attempts.map((n) => faultOf(outward().notify(endpoint(there.url), notice, n))),
  );

  expect(faults.map(({ retryIn }) => retryIn)).toEqual([...standardSchedule, null]);
  expect(faults.map(({ retry }) => retry)).toEqual([
    ...standardSchedule.map(() => "later"),
    "never",
  ]);
  expect(faults.at(-1)?.message).toBe("gateway answered HTTP 500; it was the last attempt");
});

test.each([301, 302, 303, 307, 308])("a redirect (%i) is not followed", async (status) => {
  const elsewhere = await receiver();
  const there = await receiver(() => ({ status, headers: { location: elsewhere.url } }));

  const fault = await faultOf(outward().notify(endpoint(there.url), notice, 1));

  expect(fault.message).toBe(
    `gateway answered with a redirect (HTTP ${status}), which is not followed`,
  );
  expect(elsewhere.heard).toEqual([]);
});

test("410 is for good", async () => {
  const there = await receiver(() => 410);

  const fault = await faultOf(outward().notify(endpoint(there.url), notice, 1));

  expect(fault).toBeInstanceOf(EndpointGone);
  expect(fault.retry).toBe("never");
});

test.each([
  [429, "120", 120_000, 120_000],
  [503, "90", 90_000, 90_000],
  [503, "1", 5_000, 5_000],
  [503, "9999999", 3_600_000, 3_600_000],
  [503, "soon", 5_000, null],
  [500, "120", 5_000, null],
])(
  "with %i and Retry-After %s it waits %i ms, and so does what else is for the same deployment: %s",
  async (status, asked, wait, hold) => {
    const there = await receiver(() => ({ status, headers: { "retry-after": asked } }));

    const fault = await faultOf(outward().notify(endpoint(there.url), notice, 1));

    expect([fault.retryIn, fault.holdLane]).toEqual([wait, hold]);
  },
);

test("an endpoint may also ask for a date", async () => {
  const now = Date.parse("2026-11-23T10:00:00Z");
  const headers = { "retry-after": "Mon, 23 Nov 2026 10:04:00 GMT" };
  const there = await receiver(() => ({ status: 503, headers }));

  const fault = await faultOf(
    outward({ clock: { now: () => now } }).notify(endpoint(there.url), notice, 1),
  );

  expect(fault.retryIn).toBe(240_000);
});

test("what failed together does not come back together", async () => {
  const there = await receiver(() => 500);

  const fault = await faultOf(
    outward({ jitter: () => 0.5 }).notify(endpoint(there.url), notice, 2),
  );

  expect(fault.retryIn).toBe(330_000);
});

test("an endpoint that says nothing is given up, and may have taken it", async () => {
  const there = await receiver(() => new Promise(() => undefined));
  const times = { pace: outward().pace, timeout: 50, schedule: standardSchedule, page: pageTimes };

  const fault = await faultOf(outward({ times }).notify(endpoint(there.url), notice, 1));

  expect([fault.message, fault.arrived]).toEqual([
    "gateway gave no answer within 0.05 s",
    "perhaps",
  ]);
});

test("a name that is looked up for ever is given up as well", async () => {
  const times = { pace: outward().pace, timeout: 50, schedule: standardSchedule, page: pageTimes };
  const sender = outward({ times, resolve: () => undefined });

  const fault = await faultOf(sender.notify(endpoint("https://slow.example.org/x"), notice, 1));

  expect([fault.message, fault.arrived]).toEqual([
    "gateway could not be reached (UND_ERR_CONNECT_TIMEOUT)",
    "no",
  ]);
});

test("once the status is known nobody waits for the body, however slow or long", async () => {
  const slow = await receiver(() => ({
    raw: (_, response) => void response.writeHead(200).write("a"),
  }));
  const huge = await receiver(() => ({
    raw: (_, response) => {
      const more = () =>
        void response.write(Buffer.alloc(1 << 20), (cut) => cut || response.destroyed || more());
      response.writeHead(200);
      more();
    },
  }));

  await outward().notify(endpoint(slow.url), notice, 1);
  await outward().notify(endpoint(huge.url), notice, 1);

  expect([slow.heard.length, huge.heard.length]).toEqual([1, 1]);
});

test("a connection cut before the answer may have delivered; one cut after it did", async () => {
  const before = await receiver(() => ({ raw: (_, response) => void response.destroy() }));
  const after = await receiver(() => ({
    raw: (_, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write("half", () => response.destroy());
    },
  }));

  const fault = await faultOf(outward().notify(endpoint(before.url), notice, 1));
  await outward().notify(endpoint(after.url), notice, 1);

  expect([fault.arrived, fault.retry]).toEqual(["perhaps", "later"]);
});

test("nobody listening is a connection that was never made", async () => {
  const fault = await faultOf(outward().notify(endpoint("http://127.0.0.1:9/x"), notice, 1));

  expect([fault.message, fault.arrived]).toEqual([
    "gateway could not be reached (ECONNREFUSED)",
    "no",
  ]);
});

test("a message that could not be signed with every secret is not sent", async () => {
  const there = await receiver();

  const fault = await faultOf(
    outward().notify(endpoint(there.url, { secrets: ["env:SECRET", "env:LOST"] }), notice, 1),
  );

  expect(fault.message).toBe("LOST is not set: the secret of gateway");
  expect(there.heard).toEqual([]);
});

test("no fault tells a secret, or where with what it was sent", async () => {
  const there = await receiver(() => 500);

  const fault = await faultOf(
    outward().notify(endpoint(`${there.url}/secret-path?token=abc`), notice, 1),
  );

  expect(`${fault.message} ${fault.stack}`).not.toMatch(/whsec|token|secret-path/);
});

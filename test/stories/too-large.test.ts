import { createHmac } from "node:crypto";
import { request } from "node:http";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { openBothWorld } from "../support/both-world.ts";
import { oneDatabase } from "../support/databases.ts";
import type { World } from "../support/world-shape.ts";

/** A storm makes large bodies: somebody hears of one, and only of one whose sender is known. */

const mebibyte = 1024 * 1024;
const token = "alertmanager-token-for-tests-0123456789";
const key = Buffer.alloc(32, 8);

interface Sending {
  readonly source?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Sends a body in chunks and without a length; resolves with the answer, null where the connection
 * broke off first.
 */
const streamed = (world: World, { source = "alertmanager", headers, body }: Sending) =>
  new Promise<number | null>((resolve) => {
    const sending = request(`${world.server().url}/webhooks/${source}`, {
      method: "POST",
      headers,
    });
    sending.on("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    sending.on("error", () => resolve(null));
    for (let at = 0; at < body.length; at += 100_000)
      sending.write(body.subarray(at, at + 100_000));
    sending.end();
  });

function storm(bytes: number): Buffer {
  const alert = { status: "firing", labels: { alertname: "Storm" }, annotations: { summary: "" } };
  return Buffer.from(JSON.stringify({ version: "4", alerts: [alert] }).padEnd(bytes, " "));
}

const bearer = { authorization: `Bearer ${token}` };

function signed(
  world: World,
  id: string,
  { body, over = body }: { readonly body: Buffer; readonly over?: Buffer<ArrayBufferLike> },
) {
  const time = String(Math.floor(world.clock.now() / 1000));
  const mac = createHmac("sha256", key).update(`${id}.${time}.`).update(over).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": `v1,${mac}` };
}

const opened = async (world: World): Promise<number> =>
  (await world.kinds()).filter((kind) => kind === "escalation.opened").length;

oneDatabase((kind) => {
  test("a body of 1.4 MB is a card in Slack and in Teams that says who sent it and how large it was; the next is the same card", async () => {
    const world = await openBothWorld(kind, {
      policy: (yaml) =>
        yaml.replace("{ type: alertmanager,", "{ type: alertmanager, deployment: assistant-prod,"),
    });

    expect(await streamed(world, { headers: bearer, body: storm(1_400_000) })).toBe(202);
    await world.said();

    const both = world.cards("HP-1");
    for (const { lines, buttons } of [both.slack, both.teams]) {
      const text = lines.join("\n");
      expect(text).toContain("too large: alertmanager sent 1.4 MB, and at most 1 MiB is read");
      expect(text).toContain("Assistant (production)");
      expect(buttons).toEqual(expect.arrayContaining(["Acknowledge", "Pause"]));
    }
    expect(JSON.stringify(world.slack.messagesIn("C0RISK0001"))).toContain("U0BOB00001");
    const again = storm(5_200_000);
    const more = signed(world, "large-1", { body: again });
    expect(await streamed(world, { source: "signals", headers: more, body: again })).toBe(202);
    expect(await streamed(world, { source: "signals", headers: more, body: again })).toBe(200);
    expect(await streamed(world, { headers: bearer, body: storm(2_000_000) })).toBe(202);
    await world.said();

    expect(await opened(world)).toBe(2); // one for each source, however many come
    expect(world.cards("HP-2").teams.lines.join("\n")).toContain("signals sent 5.2 MB");
    expect(world.cards("HP-1").slack.lines.join("\n")).toContain("2 deliveries since");
    expect((await world.server().store.backlog()).deliveries).toBe(0);
  });

  test("of senders that are not known, that send without end or slowly, nobody hears anything, and others are served meanwhile", async () => {
    const world = await openBothWorld(kind);
    const large = storm(10 * mebibyte);
    const forged = signed(world, "forged", { body: large, over: storm(10) });

    expect(await streamed(world, { source: "signals", headers: forged, body: large })).toBe(401);
    const wrong = { authorization: "Bearer no-token-of-ours-0123456789-0123456789" };
    expect([401, null]).toContain(await streamed(world, { headers: wrong, body: large }));
    const beyond = storm(16 * mebibyte + 1);
    expect([413, null]).toContain(await streamed(world, { headers: bearer, body: beyond }));
    const forgedBeyond = { source: "signals", headers: forged, body: beyond };
    expect([413, null]).toContain(await streamed(world, forgedBeyond));
    expect([404, null]).toContain(
      await streamed(world, { source: "nobody", headers: {}, body: large }),
    );

    const slow = connect(Number(new URL(world.server().url).port), "127.0.0.1");
    slow.on("error", () => undefined);
    onTestFinished(() => void slow.destroy());
    slow.write(
      `POST /webhooks/alertmanager HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer ${token}\r\n`,
    );
    slow.write("Transfer-Encoding: chunked\r\n\r\n2\r\n{ \r\n");
    expect(await streamed(world, { headers: bearer, body: storm(mebibyte) })).toBe(202);
    slow.destroy(); // broken off: it was never whole
    await world.said();

    const { query } = world.database();
    expect(await query("select source, length(body) from holdpoint.deliveries")).toEqual([
      ["alertmanager", mebibyte],
    ]);
    expect(await opened(world)).toBe(1);
    expect(world.cards("HP-1").slack.lines.join("\n")).toContain("Storm");
  });
});

import { connect, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createRefusals } from "../../src/http/refusals.ts";
import { createUnauthenticatedBodies } from "../../src/http/unauthenticated-bodies.ts";
import { bearer, now, start } from "./start.ts";

/** What senders who are not known may cost: memory, and lines of our own log. */

describe("bodies that are being read", () => {
  const counted = (most: number) => {
    const held = createUnauthenticatedBodies(most);
    const givenUp: string[] = [];
    const begin = (name: string) => held.begin(() => void givenUp.push(name));
    return { held, givenUp, begin };
  };

  test("the largest is given up, of several the oldest, and never who begins small", () => {
    const { held, givenUp, begin } = counted(100);
    begin("first").holds(50);
    begin("second").holds(50);

    begin("newcomer").holds(10);

    expect(givenUp).toEqual(["first"]);
    expect(held.total()).toBe(60);
  });

  test("what has ended, or was given up, counts no more", () => {
    const { held, givenUp, begin } = counted(100);
    const done = begin("done");
    done.holds(90);
    done.end();
    done.end();
    const large = begin("large");
    large.holds(101);

    large.holds(300);

    expect(givenUp).toEqual(["large"]);
    expect(held.total()).toBe(0);
  });

  test("40 strangers who send a MiB each and stop hold 32 MiB at most, and a sender who is known gets through", async () => {
    const { url } = await start();
    const { port } = new URL(url);
    const answers: string[] = [];
    const head =
      `POST /webhooks/signals HTTP/1.1\r\nHost: h\r\nContent-Length: 1048576\r\nwebhook-id: m\r\n` +
      `webhook-timestamp: ${now / 1000}\r\nwebhook-signature: v1,AAAA\r\n\r\n`;
    const sockets = Array.from({ length: 40 }, () => stranger(Number(port), head, answers));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    while (answers.length < 7) await turn();

    const known = await fetch(`${url}/webhooks/alertmanager`, {
      method: "POST",
      headers: { authorization: `Bearer ${bearer}` },
      body: "{}",
    });

    expect(known.status).toBe(202);
    for (const answer of answers) {
      expect(answer).toContain("HTTP/1.1 503");
      expect(answer.toLowerCase()).toContain("retry-after: 5");
      expect(answer.toLowerCase()).toContain("connection: close");
    }
  });
});

function stranger(port: number, head: string, answers: string[]): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.on("data", (data) => answers.push(data.toString("latin1")));
  socket.write(head);
  socket.write(Buffer.alloc(1_000_000));
  return socket;
}

test("of a thousand refusals of a source one is said at once, and how many more a minute later", () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const said: object[] = [];
  const refusals = createRefusals({ warn: (fields) => void said.push(fields) });

  for (let n = 0; n < 1_000; n += 1) refusals.refused("signals", "no webhook-id");
  refusals.refused("alertmanager", "wrong bearer token");
  const atOnce = said.length;
  vi.advanceTimersByTime(60_000);
  refusals.refused("signals", "no webhook-id");
  const within = said.length;
  refusals.close();

  expect(atOnce).toBe(2);
  expect(within).toBe(3);
  expect(said[2]).toMatchObject({ source: "signals", refused: 999 });
  expect(said[3]).toMatchObject({ source: "signals", refused: 1 });
});

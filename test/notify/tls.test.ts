import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { expect, test } from "vitest";
import { receiver } from "../support/receiver.ts";
import { endpoint, faultOf, notice, outward, resolving } from "./start.ts";

/** A certificate that nobody vouches for. */
const own = {
  key: readFileSync("test/fixtures/tls/key.pem"),
  cert: readFileSync("test/fixtures/tls/cert.pem"),
};

test("a certificate that nobody vouches for is not believed, inside one's own network either", async () => {
  const there = await receiver(
    () => 204,
    (listener) => createServer(own, listener),
  );
  const port = new URL(there.url).port;
  const resolve = resolving({ "inside.example.org": [["127.0.0.1"]] });

  const fault = await faultOf(
    outward({ resolve }).notify(endpoint(`https://inside.example.org:${port}/x`), notice, 1),
  );

  expect([fault.message, there.heard]).toEqual([
    "gateway could not be reached (DEPTH_ZERO_SELF_SIGNED_CERT)",
    [],
  ]);
});

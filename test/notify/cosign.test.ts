import { expect, test } from "vitest";
import type { WitnessAddress } from "../../src/core/policy/model.ts";
import { receiver } from "../support/receiver.ts";
import { faultOf, outward } from "./start.ts";

/** How a witness is asked, and what its answers mean. */

const note = "example.org/log\n2\nAAAA\n\n— example.org/log AAAA\n";
const submission = { old: 1, hashes: [new Uint8Array(32).fill(1)], note };
const witnessAt = (url: string): WitnessAddress => ({
  id: "w1",
  kind: "witness",
  vkey: "w1+00000000+BA==",
  url,
  privateAddresses: ["127.0.0.1"],
});
const answering = (status: number, body: string) =>
  receiver(() => ({
    raw: (_, response) => void response.writeHead(status).end(body),
  }));

test("a checkpoint is submitted with its old size and proof, and the answer's lines come back", async () => {
  const there = await answering(200, "— w1 AAAA\n");

  const answer = await outward().cosign(witnessAt(`${there.url}/w/`), submission, 1);

  const [{ method, path, text } = { method: "", path: "", text: "" }] = there.heard;
  expect([method, path]).toEqual(["POST", "/w/add-checkpoint"]);
  expect(text).toBe(`old 1\n${Buffer.alloc(32, 1).toString("base64")}\n\n${note}`);
  expect(answer).toEqual({ is: "cosigned", lines: "— w1 AAAA\n" });
});

test("409 with a size says where the witness is", async () => {
  const there = await answering(409, "12\n");

  expect(await outward().cosign(witnessAt(there.url), submission, 1)).toEqual({
    is: "at",
    size: 12,
  });
});

test.each([
  [409, "another checkpoint of this size was cosigned\n", "w1 answered HTTP 409"],
  [409, "007\n", "w1 answered HTTP 409"],
  [422, "", "w1 answered HTTP 422"],
  [403, "", "w1 answered HTTP 403"],
  [500, "", "w1 answered HTTP 500"],
  [302, "", "w1 answered with a redirect"],
])("%i %j is a failure that is tried again", async (status, body, message) => {
  const there = await answering(status, body);

  const fault = await faultOf(outward().cosign(witnessAt(there.url), submission, 1));

  expect(fault).toMatchObject({ message: expect.stringContaining(message), retry: "later" });
});

test("an answer that is longer than any witness's is not read to its end", async () => {
  const there = await answering(200, "— w1 AAAA\n".repeat(100_000));

  const answer = await outward().cosign(witnessAt(there.url), submission, 1);

  expect(answer).toEqual({ is: "cosigned", lines: "" });
});

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canonicalText } from "../../../src/core/log/bytes.ts";
import type { LogKey } from "../../../src/core/log/checkpoint.ts";
import { signCheckpoint } from "../../../src/core/log/checkpoint.ts";
import { commit } from "../../../src/core/log/commitment.ts";
import { append, emptyRange, leafHash, root } from "../../../src/core/log/merkle.ts";
import { proofFileText } from "../../../src/core/log/proof-file.ts";
import { testKey } from "../../core/log/support.ts";
import { logKey } from "../../support/keys.ts";
import { get, nonceOn } from "./forms.ts";
import { makeWorld, type World } from "./world.ts";

/** Proof files as people drop them on the page of the log, good ones and others. */

const salt = new Uint8Array(32).fill(4);
const hostile = "<script>alert(1)</script>\u202eevil";
const reason = commit(salt, hostile);

/** The proof of the only entry of a log. */
function proofBy(key: LogKey): string {
  const entry = canonicalText({ v: 1, origin: key.origin, id: "e_0", kind: hostile, reason });
  const leaf = leafHash(new TextEncoder().encode(entry));
  const head = { origin: key.origin, size: 1, root: root(append(emptyRange, leaf)) };
  return proofFileText({
    index: 0,
    hashes: [],
    note: signCheckpoint(head, key),
    entry,
    key: key.vkey,
    disclosures: [
      { commitment: reason, salt: Buffer.from(salt).toString("base64"), text: hostile },
    ],
    policy: "",
  });
}

const good = proofBy(logKey);
const otherLog = testKey("elsewhere.test/log", 2);
const sameName = testKey(logKey.origin, 3);

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.close());

type Part = string | Blob;

async function check(
  proof: Part | readonly Part[],
  more: { readonly key?: string; readonly origin?: string; readonly nonce?: string } = {},
  name = "HP-7.tlog-proof",
) {
  const form = new FormData();
  form.append("nonce", more.nonce ?? (await nonceOn(world, {}, "/log")));
  form.append("from", "/log");
  for (const part of [proof].flat()) {
    if (typeof part === "string") form.append("proof", new File([part], name));
    else form.append("proof", part, name);
  }
  form.append("key", more.key ?? "");
  const request = new Request("http://localhost/log/check", { method: "POST", body: form });
  return world.app.inject({
    method: "POST",
    url: "/log/check",
    headers: {
      origin: more.origin ?? "http://localhost:3000",
      "content-type": request.headers.get("content-type") ?? "",
    },
    payload: Buffer.from(await request.arrayBuffer()),
  });
}

describe("a proof dropped on the page of the log", () => {
  test("is asked for on a page that has the log's name and key, and what cannot be trusted", async () => {
    const { body } = await get(world, "/log");

    expect(body).toContain(logKey.vkey.replaceAll("+", "+"));
    expect(body).toContain("prove --check &lt;file&gt;");
    expect(body).toContain('enctype="multipart/form-data"');
    expect(body).toContain("The policy names no witness");
  });

  test.each([
    ["the log's own", good, "", 200, "Signed with the key that this server shows as this log"],
    ["with the key that was kept", good, logKey.vkey, 200, "Signed with the key that you gave."],
    ["another log's", proofBy(otherLog), "", 200, "Of another log than this server"],
    ["somebody else's in the log's name", proofBy(sameName), "", 200, "somebody else made it"],
    ["with another key", good, sameName.vkey, 200, "its key is not the one you kept"],
    ["changed in one letter", good.replace("index 0", "index 1"), "", 200, "TAMPERED"],
    ["cut", good.slice(0, 300), "", 200, "no proof file of Holdpoint"],
    ["no proof", "hello", "", 200, "no proof file of Holdpoint"],
    ["empty", "", "", 200, "no proof file of Holdpoint"],
    ["no text", "\u0000\uffff\n\n", "", 200, "no proof file of Holdpoint"],
    ["with something that is no key", good, "secret", 400, "The key is not in the form"],
  ])("%s: the page says what it is", async (_what, proof, key, status, says) => {
    const answer = await check(proof, { key });

    expect(answer.statusCode).toBe(status);
    expect(answer.body).toContain(says);
    expect(answer.body).toMatch(
      says.startsWith("Signed") ? /The proof holds/ : /TAMPERED|Not checked|Of another|somebody/,
    );
  });

  test("shows what the file says as text, never as a page", async () => {
    const { body } = await check(good, {}, `"><img src=x onerror=alert(1)>; rm -rf ~`);

    expect(body).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(body).not.toMatch(/<script>alert|<img|\u202e/);
    expect(body).toContain("prove --check &lt;file&gt;");
    expect(body).not.toContain("--check &quot;");
  });

  test("is refused from elsewhere, without a nonce, without a file, with two, and beyond 4 MB", async () => {
    const answers = [
      [await check(good, { origin: "https://evil.example" }), 403, "names another site"],
      [await check(good, { nonce: "" }), 403, "Load the page again"],
      [await check([]), 400, "No file was chosen"],
      [await check([good, good]), 400, "More than one file"],
      [await check("x".repeat(5 * 2 ** 20)), 413, "larger than the 4 MB"],
    ] as const;

    for (const [answer, status, says] of answers) {
      expect.soft(answer.statusCode).toBe(status);
      expect.soft(answer.body).toContain(says);
    }
  });

  test("is refused where the body is not what its header says", async () => {
    for (const type of ["text/plain", "multipart/form-data", "multipart/form-data; boundary=x"]) {
      const answer = await world.app.inject({
        method: "POST",
        url: "/log/check",
        headers: { origin: "http://localhost:3000", "content-type": type },
        payload: "--y\r\n\r\nnothing",
      });
      expect.soft(answer.statusCode, type).toBe(415);
      expect.soft(answer.body, type).toContain("Nothing was checked.");
    }
  });
});

import { randomBytes } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { describe, expect, test } from "vitest";
import type { Source } from "../../src/core/policy/model.ts";
import { authenticate } from "../../src/sources/authenticate.ts";

const now = Date.UTC(2026, 10, 23, 8);
const seconds = Math.floor(now / 1000);
const secretOf = () => `whsec_${randomBytes(32).toString("base64")}`;
const [ours, older, theirs] = [secretOf(), secretOf(), secretOf()];
const body = Buffer.from('{"kind":"eval","deployment":"assistant-prod"}');
const secrets: Readonly<Record<string, string>> = {
  "env:NEW": ours,
  "env:OLD": older,
  "env:TOKEN": "t".repeat(40),
  "env:EMPTY": "",
};
const secretFor = (reference: string) => secrets[reference];
const webhook: Pick<Source, "auth"> = { auth: { standardWebhooks: ["env:NEW", "env:OLD"] } };

/** Signed by the reference library, which the code under test does not use. */
const signed = (
  secret: string,
  {
    at = seconds,
    id = "msg_1",
    text = body,
  }: { readonly at?: number; readonly id?: string; readonly text?: Buffer<ArrayBuffer> } = {},
) => ({
  "webhook-id": id,
  "webhook-timestamp": String(at),
  "webhook-signature": new Webhook(secret).sign(id, new Date(at * 1000), text),
});
const ask = (headers: Record<string, string | readonly string[]>, text: Uint8Array = body) =>
  authenticate(webhook, { secretFor, headers, rawBody: text, now });

describe("Standard Webhooks", () => {
  test("a delivery signed by the reference library is accepted, and its webhook-id is its identity", () => {
    expect(ask(signed(ours))).toEqual({ ok: true, identity: "wh:msg_1" });
  });

  test("any of several secrets may have signed", () => {
    expect(ask(signed(older)).ok).toBe(true);
  });

  test("any of several signatures in the header may match", () => {
    const good = signed(ours);
    const several = `v1,${"A".repeat(43)}= v1a,zzz ${good["webhook-signature"]}`;

    expect(ask({ ...good, "webhook-signature": several }).ok).toBe(true);
  });

  test("a secret without its whsec_ prefix is the same secret", () => {
    const bare = () => ours.slice(6);

    expect(
      authenticate(webhook, { secretFor: bare, headers: signed(ours), rawBody: body, now }).ok,
    ).toBe(true);
  });

  test.each([-300, 300])("a clock that is %d s off is accepted", (off) => {
    expect(ask(signed(ours, { at: seconds + off })).ok).toBe(true);
  });

  test.each([-301, 301, -86_400, 86_400])("a clock that is %d s off is refused", (off) => {
    expect(ask(signed(ours, { at: seconds + off })).ok).toBe(false);
  });

  test.each([
    "",
    "abc",
    `${seconds}.0`,
    `+${seconds}`,
    ` ${seconds}`,
    `0x${seconds.toString(16)}`,
    "1e9",
    "-1",
    "9".repeat(20),
  ])("the timestamp %j is refused", (timestamp) => {
    expect(ask({ ...signed(ours), "webhook-timestamp": timestamp }).ok).toBe(false);
  });

  test("a stranger's secret, another body, another id or another time is refused", () => {
    expect(ask(signed(theirs)).ok).toBe(false);
    expect(ask(signed(ours), Buffer.concat([body, Buffer.from(" ")])).ok).toBe(false);
    expect(ask({ ...signed(ours), "webhook-id": "msg_2" }).ok).toBe(false);
    expect(ask({ ...signed(ours), "webhook-timestamp": String(seconds + 1) }).ok).toBe(false);
  });

  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"])(
    "without %s it is refused",
    (name) => {
      const { [name]: _, ...others } = { ...signed(ours) } as Record<string, string>;

      expect(ask(others).ok).toBe(false);
    },
  );

  test.each(["", ",", "v1", "v1,", "v2,abc", "v1,é", " "])(
    "the signature %j is refused",
    (signature) => {
      expect(ask({ ...signed(ours), "webhook-signature": signature }).ok).toBe(false);
    },
  );

  test("a signature of another version is refused, even where its bytes are right", () => {
    const good = signed(ours);
    const other = good["webhook-signature"].replace("v1,", "v2,");

    expect(ask({ ...good, "webhook-signature": other }).ok).toBe(false);
  });

  test("a header sent twice is refused", () => {
    expect(ask({ ...signed(ours), "webhook-id": ["msg_1", "msg_1"] }).ok).toBe(false);
  });

  test("a body that is not UTF-8 is checked by its bytes", () => {
    const raw = Buffer.from([0xff, 0xfe, 0x00]);
    const replaced = signed(ours, { at: seconds, id: "msg_1", text: Buffer.from(raw.toString()) });

    expect(ask(replaced, raw).ok).toBe(false);
  });

  test("without a secret that is set nobody is let in", () => {
    for (const secret of [undefined, "", "whsec_", "not base64!"]) {
      expect(
        authenticate(webhook, {
          secretFor: () => secret,
          headers: signed(ours),
          rawBody: body,
          now,
        }).ok,
      ).toBe(false);
    }
  });
});

describe("bearer", () => {
  const bearer: Pick<Source, "auth"> = { auth: { bearer: "env:TOKEN" } };
  const token = secrets["env:TOKEN"] ?? "";
  const askBearer = (authorization: string, text: Uint8Array = body, more = {}) =>
    authenticate(bearer, { secretFor, headers: { authorization, ...more }, rawBody: text, now });

  test("the token is accepted, and the delivery has no identity", () => {
    expect(askBearer(`Bearer ${token}`)).toEqual({ ok: true, identity: null });
    expect(askBearer(`bearer ${token}`).ok).toBe(true);
  });

  test.each([
    "",
    token,
    `Basic ${token}`,
    "Bearer",
    "Bearer ",
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Bearer ${token} x`,
  ])("authorization %j is refused", (authorization) => {
    expect(askBearer(authorization).ok).toBe(false);
  });

  test.each(["env:EMPTY", "env:MISSING"])(
    "where %s is the secret nobody is let in",
    (reference) => {
      const source: Pick<Source, "auth"> = { auth: { bearer: reference } };

      expect(
        authenticate(source, {
          secretFor,
          headers: { authorization: "Bearer " },
          rawBody: body,
          now,
        }).ok,
      ).toBe(false);
    },
  );

  test("a CloudEvent is named by its source and id", () => {
    const event = (id: string) =>
      Buffer.from(JSON.stringify({ specversion: "1.0", source: "//ci", id, data: {} }));
    const identity = (id: string) => {
      const answer = askBearer(`Bearer ${token}`, event(id));
      return answer.ok ? answer.identity : "refused";
    };

    expect(identity("1")).toBe('ce:["//ci","1"]');
    expect(identity("2")).not.toBe(identity("1"));
    expect(identity("")).toBeNull();
  });
});

import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signedTextProblem } from "../../src/core/policy/signed-text.ts";
import { authOf } from "../../src/core/policy/source-auth.ts";
import { authenticate } from "../../src/sources/authenticate.ts";

/**
 * Senders that sign an id, a time and the body in headers of their own, and those that can only do
 * basic authentication.
 */

const now = Date.UTC(2026, 10, 23, 8);
const seconds = Math.floor(now / 1000);
const key = "k".repeat(40);
const secrets: Readonly<Record<string, string>> = { "env:NEW": "n".repeat(40), "env:OLD": key };
const secretFor = (reference: string) => secrets[reference];
const body = Buffer.from('{"a":1.5}');

const mac = (text: string | Buffer, encoding: "hex" | "base64" = "base64"): string =>
  createHmac("sha256", key).update(text).digest(encoding);

/** As MLflow signs: https://mlflow.org/docs/latest/ml/webhooks/ */
const mlflow = {
  secret: ["env:NEW", "env:OLD"],
  header: "X-MLflow-Signature",
  prefix: "v1,",
  encoding: "base64" as const,
  signed: "{id}.{timestamp}.{body}",
  id: "X-MLflow-Delivery-Id",
  timestamp: "X-MLflow-Timestamp",
};

function asked(
  hmac: object,
  headers: Readonly<Record<string, string | readonly string[]>>,
  raw: Uint8Array = body,
) {
  const auth = authOf({ type: "mapped", auth: { hmac: { ...mlflow, ...hmac } } });
  return authenticate({ auth }, { secretFor, headers, rawBody: raw, now });
}

const sent = (id = "d-1", at: string | number = seconds, raw = body.toString()) => ({
  "x-mlflow-delivery-id": id,
  "x-mlflow-timestamp": String(at),
  "x-mlflow-signature": `v1,${mac(`${id}.${at}.${raw}`)}`,
});

describe("an HMAC over id, time and body", () => {
  test("lets its sender in, and the id names the delivery", () => {
    expect(asked({}, sent())).toEqual({ ok: true, identity: "hm:d-1" });
  });

  test.each([-300, 300, -1])("with a clock that is %d s off is good", (off) => {
    expect(asked({}, sent("d-1", seconds + off)).ok).toBe(true);
  });

  test.each([-301, 301, -86_400])(
    "with a clock that is %d s off is refused, and says by how much",
    (off) => {
      expect(asked({}, sent("d-1", seconds + off))).toEqual({
        ok: false,
        because: expect.stringMatching(/^x-mlflow-timestamp is \d+ s in the (past|future)$/),
      });
    },
  );

  test("is as patient as the policy says", () => {
    expect(asked({ tolerance: "30s" }, sent("d-1", seconds - 31)).ok).toBe(false);
    expect(asked({ tolerance: "1h" }, sent("d-1", seconds - 3_600)).ok).toBe(true);
    expect(asked({ tolerance: "1h" }, sent("d-1", seconds - 3_601)).ok).toBe(false);
  });

  test.each([seconds * 1000, new Date(now).toISOString(), "2026-11-23T09:00:00+01:00"])(
    "may say its time as %s",
    (at) => {
      expect(asked({}, sent("d-1", at)).ok).toBe(true);
    },
  );

  test.each([
    "",
    "now",
    "1e9",
    `+${seconds}`,
    ` ${seconds}`,
    `${seconds}.0`,
    "2026-11-23 08:00:00",
    "9".repeat(20),
  ])("whose time is %j is refused, signed as it may be", (at) => {
    expect(asked({}, sent("d-1", at)).ok).toBe(false);
  });

  test("of which one part is another is refused", () => {
    const good = sent();

    expect(asked({}, { ...good, "x-mlflow-delivery-id": "d-2" }).ok).toBe(false);
    expect(asked({}, { ...good, "x-mlflow-timestamp": String(seconds + 1) }).ok).toBe(false);
    expect(asked({}, good, Buffer.from('{"a":1.6}')).ok).toBe(false);
    expect(
      asked({}, { ...good, "x-mlflow-signature": good["x-mlflow-signature"].slice(3) }).ok,
    ).toBe(false);
    expect(asked({ secret: "env:NEW" }, good).ok).toBe(false);
    expect(asked({ secret: "env:NONE" }, good).ok).toBe(false);
  });

  test.each(Object.keys(sent()))("without %s, or with two of it, is refused", (name) => {
    const { [name]: text = "", ...others } = sent() as Record<string, string>;

    expect(asked({}, others).ok).toBe(false);
    expect(asked({}, { ...others, [name]: [text, text] }).ok).toBe(false);
  });

  test("cannot be taken apart otherwise: what parts the id from the rest is not in it", () => {
    const at = seconds - 100;
    const caught = sent("a", at, `${seconds}.{"a":1.5}`);

    expect(
      asked(
        {},
        { ...caught, "x-mlflow-delivery-id": `a.${at}`, "x-mlflow-timestamp": String(seconds) },
      ),
    ).toEqual({
      ok: false,
      because: "x-mlflow-delivery-id names nothing",
    });
  });

  test("may carry several signatures, of the old key and the new", () => {
    const good = sent();
    const both = `v1,${"A".repeat(43)}= ${good["x-mlflow-signature"]}`;

    expect(asked({}, { ...good, "x-mlflow-signature": both }).ok).toBe(true);
  });

  test("a body that is not UTF-8 is checked by its bytes", () => {
    const raw = Buffer.from([0xff, 0xfe]);
    const text = Buffer.concat([Buffer.from(`d-1.${seconds}.`), raw]);

    expect(asked({}, { ...sent(), "x-mlflow-signature": `v1,${mac(text)}` }, raw).ok).toBe(true);
  });
});

describe("another text that is signed", () => {
  const stamped = { signed: "{timestamp}{body}", id: undefined };
  const zendesk = (at: string | number = seconds) => ({
    "x-mlflow-timestamp": String(at),
    "x-mlflow-signature": `v1,${mac(`${at}${body}`)}`,
  });

  test("with a time and no id: the same signature is the same delivery", () => {
    const first = asked(stamped, zendesk());
    const [again, later] = [asked(stamped, zendesk()), asked(stamped, zendesk(seconds + 1))];

    expect(first).toMatchObject({ ok: true, identity: expect.stringMatching(/^hm:./) });
    expect(again).toEqual(first);
    expect(later.ok && first.ok && later.identity !== first.identity).toBe(true);
  });

  test("with text after the body", () => {
    const about = { signed: "v0:{body}:{timestamp}", id: undefined };
    const headers = {
      "x-mlflow-timestamp": String(seconds),
      "x-mlflow-signature": `v1,${mac(`v0:${body}:${seconds}`)}`,
    };

    expect(asked(about, headers).ok).toBe(true);
  });

  test("of the body alone has no time, and no name for a delivery", () => {
    const alone = { signed: undefined, id: undefined, timestamp: undefined };

    expect(asked(alone, { "x-mlflow-signature": `v1,${mac(body)}` })).toEqual({
      ok: true,
      identity: null,
    });
  });

  test.each([
    ["{id}.{timestamp}", "must have {body}"],
    ["{id}{body}", "must have text between {id}"],
    ["{body}{id}", "must have text between {id}"],
    ["{body}.{body}", "each of its names once"],
    ["{nonce}.{body}", "and nothing else"],
    ["{ID}.{body}", "and nothing else"],
    ["{body}}", "and nothing else"],
  ])("%s is refused: %s", (signed, because) => {
    expect(signedTextProblem(signed)).toContain(because);
  });

  test("whoever knows one delivery and no key gets in with nothing else", () => {
    const good = sent();
    const anything = fc.record({
      "x-mlflow-delivery-id": fc.oneof(fc.constant("d-1"), fc.string()),
      "x-mlflow-timestamp": fc.oneof(
        fc.constant(String(seconds)),
        fc.string(),
        fc.integer().map(String),
      ),
      "x-mlflow-signature": fc.oneof(fc.constant(good["x-mlflow-signature"]), fc.string()),
    });
    const raw = fc.oneof(
      fc.constant(body),
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    );

    fc.assert(
      fc.property(anything, raw, (headers, text) => {
        const isIt = JSON.stringify(headers) === JSON.stringify(good) && text.equals(body);
        expect(asked({}, headers, text).ok).toBe(isIt);
      }),
    );
  });
});

describe("basic authentication", () => {
  const auth = authOf({
    type: "alertmanager",
    auth: { basic: { username: "gcp", password: ["env:NEW", "env:OLD"] } },
  });
  const ask = (authorization: string | readonly string[]) =>
    authenticate({ auth }, { secretFor, headers: { authorization }, rawBody: body, now });
  const basic = (text: string) => Buffer.from(text).toString("base64");

  test("lets in who knows a password, and names no delivery", () => {
    expect(ask(`Basic ${basic(`gcp:${key}`)}`)).toEqual({ ok: true, identity: null });
    expect(ask(`basic  ${basic(`gcp:${secrets["env:NEW"]}`)}`).ok).toBe(true);
  });

  test.each([
    "",
    "Basic",
    "Basic ",
    `Bearer ${key}`,
    `Basic ${key}`,
    `Basic gcp:${key}`,
    `Basic ${basic(`gcp:${key}x`)}`,
    `Basic ${basic(`gcp:${key.slice(1)}`)}`,
    `Basic ${basic(`GCP:${key}`)}`,
    `Basic ${basic(`:${key}`)}`,
    `Basic ${basic(key)}`,
    `Basic ${basic("gcp:")}`,
    `Basic ${basic(`gcp:${key}`)} x`,
    `Basic ${"A".repeat(10_000)}`,
  ])("%s is refused", (authorization) => {
    expect(ask(authorization).ok).toBe(false);
  });

  test("a header sent twice, and a password that is not set, let nobody in", () => {
    const unset = authOf({
      type: "mapped",
      auth: { basic: { username: "gcp", password: "env:NO" } },
    });
    const headers = { authorization: `Basic ${basic("gcp:")}` };
    const good = `Basic ${basic(`gcp:${key}`)}`;

    expect(ask([good, good]).ok).toBe(false);
    expect(authenticate({ auth: unset }, { secretFor, headers, rawBody: body, now }).ok).toBe(
      false,
    );
  });
});

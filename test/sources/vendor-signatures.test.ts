import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Source } from "../../src/core/policy/model.ts";
import { authenticate } from "../../src/sources/authenticate.ts";
import { bytes as bytesOf } from "./context.ts";

const now = Date.UTC(2026, 10, 23, 8);
const seconds = Math.floor(now / 1000);
const body = Buffer.from('{"kind":"eval","deployment":"assistant-prod"}');
const text = "k".repeat(40);
const newer = "n".repeat(40);
const keyed = (reference: string) =>
  ({ "env:OLD": text, "env:NEW": newer, "env:EMPTY": "" })[reference];
const mac = (
  key: string,
  {
    before = "",
    encoding = "hex",
    over = body,
  }: {
    readonly before?: string;
    readonly encoding?: "hex" | "base64";
    readonly over?: Uint8Array;
  } = {},
) => createHmac("sha256", key).update(before).update(over).digest(encoding);
const by = (of: string) => ({ auth: { signature: { of, secrets: ["env:NEW", "env:OLD"] } } });
const asking =
  (source: Pick<Source, "auth">) =>
  (headers: Record<string, string | readonly string[]>, over: Uint8Array = body) =>
    authenticate(source, { secretFor: keyed, headers, rawBody: over, now });

describe("Grafana's signature", () => {
  const askGrafana = asking(by("grafana"));
  const name = "x-grafana-alerting-signature";
  const stamp = "x-grafana-alerting-timestamp";

  test("over the body alone, or over timestamp and body, is accepted and has no identity", () => {
    expect(askGrafana({ [name]: mac(newer) })).toEqual({ ok: true, identity: null });
    expect(askGrafana({ [name]: mac(text) }).ok).toBe(true);
    expect(askGrafana({ [name]: mac(text).toUpperCase() }).ok).toBe(true);
    expect(
      askGrafana({ [stamp]: `${seconds}`, [name]: mac(text, { before: `${seconds}:` }) }),
    ).toEqual({
      ok: true,
      identity: null,
    });
  });

  test("a stamped body cannot be taken apart into one without a stamp", () => {
    const whole = Buffer.concat([Buffer.from(`${seconds}:`), body]);

    expect(askGrafana({ [name]: mac(text, { before: `${seconds}:` }) }, whole).ok).toBe(false);
  });

  test.each<[string, Record<string, string | readonly string[]>]>([
    ["no header", {}],
    ["an empty one", { [name]: "" }],
    ["another key", { [name]: mac("x".repeat(40)) }],
    ["another body", { [name]: mac(text, { before: " " }) }],
    ["a prefix", { [name]: `sha256=${mac(text)}` }],
    ["base64", { [name]: mac(text, { before: "", encoding: "base64" }) }],
    ["half of it", { [name]: mac(text).slice(0, 32) }],
    ["more than it", { [name]: `${mac(text)}00` }],
    ["sent twice", { [name]: [mac(text), mac(text)] }],
    ["a timestamp nobody signed", { [name]: mac(text), [stamp]: `${seconds}` }],
    ["an empty timestamp", { [name]: mac(text), [stamp]: "" }],
    [
      "two timestamps",
      { [name]: mac(text, { before: `${seconds}:` }), [stamp]: [`${seconds}`, "1"] },
    ],
    [
      "a late timestamp",
      { [name]: mac(text, { before: `${seconds - 301}:` }), [stamp]: `${seconds - 301}` },
    ],
    [
      "an early timestamp",
      { [name]: mac(text, { before: `${seconds + 301}:` }), [stamp]: `${seconds + 301}` },
    ],
    ["milliseconds", { [name]: mac(text, { before: `${now}:` }), [stamp]: `${now}` }],
    ["a bearer token", { authorization: `Bearer ${text}` }],
  ])("%s is refused", (_what, headers) => {
    expect(askGrafana(headers).ok).toBe(false);
  });
});

describe("PagerDuty's signature", () => {
  const askPagerDuty = asking(by("pagerduty"));
  const name = "x-pagerduty-signature";
  const event = bytesOf({ event: { id: "01CH", event_type: "incident.triggered" } });

  test("is accepted, and the event's id is the delivery's identity", () => {
    expect(
      askPagerDuty(
        { [name]: `v1=${mac(text, { before: "", encoding: "hex", over: event })}` },
        event,
      ),
    ).toEqual({
      ok: true,
      identity: "pd:01CH",
    });
  });

  test("any of several signatures may match, while a key is changed", () => {
    const several = `v1=${"0".repeat(64)},v1=${mac(text)}, v2=abc`;

    expect(askPagerDuty({ [name]: several })).toEqual({ ok: true, identity: null });
  });

  test("X-Webhook-Id, which nobody signs, does not name a delivery", () => {
    const headers = {
      [name]: `v1=${mac(text, { before: "", encoding: "hex", over: event })}`,
      "x-webhook-id": "other",
    };

    expect(askPagerDuty(headers, event)).toMatchObject({ identity: "pd:01CH" });
  });

  test.each<[string, Record<string, string | readonly string[]>]>([
    ["no header", {}],
    ["an empty one", { [name]: "" }],
    ["no version", { [name]: mac(text) }],
    ["another version", { [name]: `v2=${mac(text)}` }],
    ["an empty version", { [name]: "v1=" }],
    ["another key", { [name]: `v1=${mac("x".repeat(40))}` }],
    ["another body", { [name]: `v1=${mac(text, { before: " " })}` }],
    ["base64", { [name]: `v1=${mac(text, { before: "", encoding: "base64" })}` }],
    ["half of it", { [name]: `v1=${mac(text).slice(0, 32)}` }],
    [
      "several wrong ones",
      {
        [name]: Array(50)
          .fill(`v1=${"a".repeat(64)}`)
          .join(","),
      },
    ],
    ["other separators", { [name]: `v0=1;v1=${mac(text)}` }],
    ["sent twice", { [name]: [`v1=${mac(text)}`, `v1=${mac(text)}`] }],
    ["the secret itself", { [name]: `v1=${text}` }],
  ])("%s is refused", (_what, headers) => {
    expect(askPagerDuty(headers).ok).toBe(false);
  });
});

describe("Langfuse's signature", () => {
  const askLangfuse = asking(by("langfuse"));
  const name = "x-langfuse-signature";
  const at = (t: number | string, key = text, over: Uint8Array = body) => ({
    [name]: `t=${t},v1=${mac(key, { before: `${t}.`, encoding: "hex", over })}`,
  });

  test("is accepted, and the body's id is the delivery's identity", () => {
    const event = bytesOf({ id: "550e", type: "monitor-alert" });

    expect(askLangfuse(at(seconds, newer, event), event)).toEqual({
      ok: true,
      identity: "lf:550e",
    });
    expect(askLangfuse(at(seconds))).toEqual({ ok: true, identity: null });
  });

  test.each([-300, 300])("a clock that is %d s off is accepted", (off) => {
    expect(askLangfuse(at(seconds + off)).ok).toBe(true);
  });

  test.each<[string, Record<string, string | readonly string[]>]>([
    ["no header", {}],
    ["a late one", at(seconds - 301)],
    ["an early one", at(seconds + 301)],
    ["milliseconds", at(now)],
    ["no time", { [name]: `v1=${mac(text)}` }],
    ["a time that is no number", at("soon")],
    ["a negative time", at(-5)],
    ["a time nobody signed", { [name]: `t=${seconds},v1=${mac(text)}` }],
    ["another time", { [name]: at(seconds)[name]?.replace(/t=\d+/, `t=${seconds + 1}`) ?? "" }],
    ["another key", at(seconds, "x".repeat(40))],
    ["another body", at(seconds, text, bytesOf({}))],
    ["another version", { [name]: `t=${seconds},v2=${mac(text, { before: `${seconds}.` })}` }],
    ["no signature", { [name]: `t=${seconds}` }],
    ["two headers", { [name]: [at(seconds)[name] ?? "", at(seconds)[name] ?? ""] }],
  ])("%s is refused", (_what, headers) => {
    expect(askLangfuse(headers).ok).toBe(false);
  });
});

describe("Promptfoo's signature", () => {
  const askPromptfoo = asking(by("promptfoo"));
  const name = "x-promptfoo-signature";

  test("is accepted, and X-Webhook-Id, which names the subscription, is no identity", () => {
    const headers = { [name]: mac(text), "x-webhook-id": "sub-1" };

    expect(askPromptfoo(headers)).toEqual({ ok: true, identity: null });
  });

  test.each<[string, Record<string, string | readonly string[]>]>([
    ["no header", {}],
    ["an empty one", { [name]: "" }],
    ["another key", { [name]: mac("x".repeat(40)) }],
    ["another body", { [name]: mac(text, { before: " " }) }],
    ["a prefix", { [name]: `sha256=${mac(text)}` }],
    ["a version", { [name]: `v1=${mac(text)}` }],
    ["base64", { [name]: mac(text, { before: "", encoding: "base64" }) }],
    ["half of it", { [name]: mac(text).slice(0, 32) }],
    ["spaces", { [name]: ` ${mac(text)}` }],
    ["no hex", { [name]: "g".repeat(64) }],
    ["sent twice", { [name]: [mac(text), mac(text)] }],
    ["another vendor's header", { "x-grafana-alerting-signature": mac(text) }],
  ])("%s is refused", (_what, headers) => {
    expect(askPromptfoo(headers).ok).toBe(false);
  });
});

describe("an HMAC the policy describes", () => {
  const described = (more = {}): Pick<Source, "auth"> => ({
    auth: {
      hmac: {
        name: "x-hub-signature-256",
        prefix: "sha256=",
        encoding: "hex",
        secrets: ["env:NEW", "env:OLD"],
        ...more,
      },
    },
  });
  const askHub = asking(described());
  const name = "x-hub-signature-256";

  test("is accepted under any key, in either encoding", () => {
    const askBase64 = asking(described({ prefix: "", encoding: "base64" }));

    expect(askHub({ [name]: `sha256=${mac(text)}` })).toEqual({ ok: true, identity: null });
    expect(askHub({ [name]: `sha256=${mac(newer).toUpperCase()}` }).ok).toBe(true);
    expect(askBase64({ [name]: mac(text, { before: "", encoding: "base64" }) }).ok).toBe(true);
  });

  test("headers that nobody signs name no delivery; the event that the body is does", () => {
    const named = { "ce-specversion": "1.0", "ce-id": "run-8", "ce-source": "/evals" };
    const event = Buffer.from('{"specversion":"1.0","id":"run-7","source":"/evals"}');
    const signed = mac(text, { before: "", encoding: "hex", over: event });

    expect(askHub({ [name]: `sha256=${mac(text)}`, ...named })).toEqual({
      ok: true,
      identity: null,
    });
    expect(askHub({ [name]: `sha256=${signed}`, ...named }, event)).toEqual({
      ok: true,
      identity: 'ce:["/evals","run-7"]',
    });
  });

  test("a body that is not UTF-8 is checked by its bytes", () => {
    const raw = Buffer.from([0xff, 0xfe, 0x00]);
    const replaced = mac(text, { before: "", encoding: "hex", over: Buffer.from(raw.toString()) });

    expect(askHub({ [name]: `sha256=${replaced}` }, raw).ok).toBe(false);
    expect(
      askHub({ [name]: `sha256=${mac(text, { before: "", encoding: "hex", over: raw })}` }, raw).ok,
    ).toBe(true);
  });

  test.each<[string, Record<string, string | readonly string[]>]>([
    ["no header", {}],
    ["an empty one", { [name]: "" }],
    ["the prefix alone", { [name]: "sha256=" }],
    ["no prefix", { [name]: mac(text) }],
    ["another prefix", { [name]: `sha1=${mac(text)}` }],
    ["the prefix twice", { [name]: `sha256=sha256=${mac(text)}` }],
    ["another key", { [name]: `sha256=${mac("x".repeat(40))}` }],
    ["another body", { [name]: `sha256=${mac(text, { before: " " })}` }],
    ["another encoding", { [name]: `sha256=${mac(text, { before: "", encoding: "base64" })}` }],
    ["half of it", { [name]: `sha256=${mac(text).slice(0, 32)}` }],
    ["more than it", { [name]: `sha256=${mac(text)}00` }],
    ["sent twice", { [name]: [`sha256=${mac(text)}`, `sha256=${mac(text)}`] }],
    ["another header", { "x-hub-signature": `sha256=${mac(text)}` }],
  ])("%s is refused", (_what, headers) => {
    expect(askHub(headers).ok).toBe(false);
  });

  test("base64 is compared to the letter", () => {
    const askBase64 = asking(described({ prefix: "", encoding: "base64" }));
    const right = mac(text, { before: "", encoding: "base64" });

    expect(askBase64({ [name]: right.replace(/=+$/, "") }).ok).toBe(false);
    expect(askBase64({ [name]: right.toLowerCase() }).ok).toBe(false);
  });
});

describe("a header of the sender's own", () => {
  const name = "x-holdpoint-token";
  const askHeader = asking({ auth: { header: { name, secrets: ["env:NEW", "env:OLD"] } } });

  test("is accepted with any of the secrets, and the delivery has no identity", () => {
    expect(askHeader({ [name]: text })).toEqual({ ok: true, identity: null });
    expect(askHeader({ [name]: newer }).ok).toBe(true);
  });

  test.each<[string, Record<string, string | readonly string[]>]>([
    ["no header", {}],
    ["an empty one", { [name]: "" }],
    ["another value", { [name]: "x".repeat(40) }],
    ["its beginning", { [name]: text.slice(1) }],
    ["more than it", { [name]: `${text}k` }],
    ["other case", { [name]: text.toUpperCase() }],
    ["a scheme", { [name]: `Bearer ${text}` }],
    ["both secrets", { [name]: `${newer}, ${text}` }],
    ["sent twice", { [name]: [text, text] }],
    ["a bearer token", { authorization: `Bearer ${text}` }],
    ["a header of another name", { "x-holdpoint": text }],
    ["a prototype's name", { constructor: text }],
    ["its digest", { [name]: mac(text) }],
  ])("%s is refused", (_what, headers) => {
    expect(askHeader(headers).ok).toBe(false);
  });
});

describe("a secret that is not set", () => {
  const hmac = { name: "x-sig", prefix: "", encoding: "hex" as const, secrets: ["env:EMPTY"] };
  test.each<[string, Source["auth"], Record<string, string>]>([
    ["grafana", { signature: { of: "grafana", secrets: ["env:MISSING"] } }, {}],
    ["pagerduty", { signature: { of: "pagerduty", secrets: [] } }, {}],
    ["a type that does not sign", { signature: { of: "alertmanager", secrets: ["env:OLD"] } }, {}],
    ["an own header", { header: { name: "x-t", secrets: ["env:EMPTY"] } }, { "x-t": "" }],
    ["an HMAC", { hmac }, { "x-sig": createHmac("sha256", "").update(body).digest("hex") }],
  ])("%s lets nobody in", (_what, auth, headers) => {
    const empty = createHmac("sha256", "").update(body).digest("hex");
    const forged = {
      "x-grafana-alerting-signature": empty,
      "x-pagerduty-signature": `v1=${empty}`,
      ...headers,
    };

    expect(
      authenticate({ auth }, { secretFor: keyed, headers: forged, rawBody: body, now }).ok,
    ).toBe(false);
  });
});

import { createHmac, randomBytes } from "node:crypto";

/** What a sample evaluation says. Above the limit of 0.05 the example policy's rule fires. */
export interface Said {
  readonly deployment: string;
  readonly suite: string;
  readonly value: number;
}

const bodyOf = ({ deployment, suite, value }: Said): string =>
  JSON.stringify({
    kind: "eval",
    status: "ok",
    deployment,
    model: "aurora-3",
    suite,
    scorer: "attack_success",
    metric: "mean",
    value,
    threshold: 0.05,
    worse: "higher",
    stderr: 0.011,
    samples: { completed: 600, total: 600 },
    summary: "Jailbreaks in a run of 600 attempts; the limit is 5 %",
    url: "https://evals.example.org/runs/jailbreak-nightly/2026-11-23",
  });

/**
 * Traffic: twenty suites take turns; two of them are above the limit every time, the rest below.
 */
export function mixed(n: number): Said {
  return {
    deployment: "assistant-prod",
    suite: `suite-${n % 20}`,
    value: n % 10 === 0 ? 0.082 : 0.02,
  };
}

/** A secret as the policy's sources want them. */
export function webhookSecret(): string {
  return `whsec_${randomBytes(32).toString("base64")}`;
}

/** The headers and body of a webhook, signed as Standard Webhooks asks for. */
export function signed(
  said: Said,
  secret: string,
): { readonly headers: Readonly<Record<string, string>>; readonly body: string } {
  const body = bodyOf(said);
  const id = `msg_${randomBytes(12).toString("hex")}`;
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const mac = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${mac}`,
  };
  return { headers, body };
}

/** The same as the bytes of an HTTP/1.1 request on a connection that stays open. */
export function requestBytes(port: number, said: Said, secret: string): Buffer {
  const { headers, body } = signed(said, secret);
  const lines = [
    "POST /webhooks/signals HTTP/1.1",
    `host: 127.0.0.1:${port}`,
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`);
}

import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { onTestFinished } from "vitest";

/** A receiver of webhooks: a real server on the loopback, closed when the test ends. */
export interface Receiver {
  readonly url: string;
  /** The received requests, oldest first. */
  readonly heard: readonly Heard[];
}

/** A received request. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The answer to the n-th request (from 0); by default 204. */
type Answering = (n: number, heard: Heard) => Answer | Promise<Answer>;

type Answer =
  | number
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Writes the response itself. */
  | { readonly raw: RequestListener };

/** Listens on 127.0.0.1. */
export async function receiver(
  answering: Answering = () => 204,
  open: (listener: RequestListener) => Server = createServer,
): Promise<Receiver> {
  const heard: Heard[] = [];
  const server = open(async (request, response) => {
    const item = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: headersOf(request),
      text: await textOf(request),
    };
    const n = heard.push(item) - 1;
    const answer = await answering(n, item);
    if (typeof answer === "number") return void response.writeHead(answer).end();
    if ("raw" in answer) return void answer.raw(request, response);
    response.writeHead(answer.status, { ...answer.headers }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, heard };
}

const headersOf = ({ headers }: IncomingMessage): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Whether a secret signed this, at any time, since stories have a clock of their own. */
export function isSignedWith(secret: string, { headers, text }: Heard): boolean {
  const at = new Date(Number(headers["webhook-timestamp"]) * 1_000);
  const signature = new Webhook(secret).sign(headers["webhook-id"] ?? "", at, text);
  return (headers["webhook-signature"] ?? "").split(" ").includes(signature);
}

import { createHash, timingSafeEqual } from "node:crypto";
import { isLoopback } from "../core/address.ts";
import type { DemoGuard, DemoKey, GuardedRequest } from "./ports.ts";

/** The server's own addresses. */
export interface OwnAddress {
  readonly host: string;
  readonly publicUrl: string;
}

/** Demo mode is open to requests from this machine, to one of our addresses, with its key. */
export function createDemoGuard(own: OwnAddress & { readonly demo: DemoKey | null }): DemoGuard {
  return (request) => {
    if (own.demo === null) return { is: "off", because: "Demo mode is off." };
    const elsewhere = demoRefusal(request, own);
    if (elsewhere !== null) return { is: "elsewhere", because: elsewhere };
    return hasKey(request, own.demo) ? null : { is: "no-key", because: whereTheKeyIs };
  };
}

const whereTheKeyIs =
  "Demo mode opens only with its key. It is in the address that the start printed after “Console:”, and in the file demo-key of the data directory (HOLDPOINT_DATA, ./.holdpoint unless it is set).";

/** The key as a bearer token, or as the browser's cookie for it. */
function hasKey({ headers, socket }: GuardedRequest, demo: DemoKey): boolean {
  if (demo.matches(bearerIn(headers["authorization"]))) return true;
  const { name, value } = demo.cookie(socket.localPort ?? 0);
  return cookiesIn(headers["cookie"], name).some((sent) => isSame(sent, value));
}

const cookiesIn = (header: Header, name: string): readonly string[] =>
  String(header ?? "")
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));

/** Compares in constant time. */
const isSame = (sent: string, ours: string): boolean => timingSafeEqual(sha256(sent), sha256(ours));

const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();

/** The token of an Authorization header, "" where there is none. */
export function bearerIn(header: Header): string {
  return /^Bearer +(\S+)\s*$/i.exec(String(header ?? ""))?.[1] ?? "";
}

type Header = string | readonly string[] | undefined;

/**
 * Why demo mode is closed to a request, as a sentence; null where it is open. The peer must be on
 * this machine, use one of our names (otherwise a web page could reach us through a name it
 * controls), and come without a proxy.
 */
function demoRefusal(request: GuardedRequest, own: OwnAddress): string | null {
  if (!isLoopback(request.socket.remoteAddress ?? "")) {
    return "Demo mode answers only connections from this machine.";
  }
  const host = request.headers["host"];
  if (
    typeof host !== "string" ||
    !ourHosts(own, request.socket.localPort).has(host.toLowerCase())
  ) {
    return "Demo mode answers only to its own address: the Host header names another.";
  }
  const forwarded = Object.keys(request.headers).find((header) => isForwarding(header));
  return forwarded === undefined
    ? null
    : `Demo mode does not answer through a proxy: the request carries ${forwarded}.`;
}

const isForwarding = (name: string): boolean =>
  name === "forwarded" || name === "via" || name === "x-real-ip" || name.startsWith("x-forwarded-");

function ourHosts(own: OwnAddress, port: number | undefined): ReadonlySet<string> {
  const name = own.host.includes(":") ? `[${own.host}]` : own.host;
  const names = [name.toLowerCase(), "localhost", "127.0.0.1", "[::1]"];
  const withPort = names.map((host) => `${host}:${port}`);
  return new Set([new URL(own.publicUrl).host, ...withPort, ...(port === 80 ? names : [])]);
}

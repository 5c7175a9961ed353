/** What the guard looks at; a Fastify request fits. */
export interface GuardedRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket: {
    readonly remoteAddress?: string | undefined;
    readonly localPort?: number | undefined;
  };
}

/** Where the server believes to be found. */
export interface OwnAddress {
  readonly host: string;
  readonly publicUrl: string;
}

/**
 * Why demo mode is closed to a request, as a sentence; null where it is open. The peer must be on this machine, ask for us by a
 * name of ours (or a web page could reach us through a name it controls), and have come without a proxy.
 */
export const demoRefusal = (request: GuardedRequest, own: OwnAddress): string | null => {
  if (!isLoopbackPeer(request.socket.remoteAddress)) {
    return "Demo mode answers only connections from this machine.";
  }
  const host = request.headers["host"];
  if (
    typeof host !== "string" ||
    !ourHosts(own, request.socket.localPort).has(host.toLowerCase())
  ) {
    return "Demo mode answers only to its own address: the Host header names another.";
  }
  const forwarded = Object.keys(request.headers).find((name) => isForwarding(name));
  return forwarded === undefined
    ? null
    : `Demo mode does not answer through a proxy: the request carries ${forwarded}.`;
};

const isLoopbackPeer = (address: string | undefined): boolean =>
  address !== undefined && /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/i.test(address);

const isForwarding = (name: string): boolean =>
  name === "forwarded" || name === "via" || name === "x-real-ip" || name.startsWith("x-forwarded-");

const ourHosts = (own: OwnAddress, port: number | undefined): ReadonlySet<string> => {
  const name = own.host.includes(":") ? `[${own.host}]` : own.host;
  const names = [name.toLowerCase(), "localhost", "127.0.0.1", "[::1]"];
  const withPort = names.map((one) => `${one}:${port}`);
  return new Set([new URL(own.publicUrl).host, ...withPort, ...(port === 80 ? names : [])]);
};

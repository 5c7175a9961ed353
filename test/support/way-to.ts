import { connect, createServer, type Server, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { freePort } from "./process.ts";

/** A proxy before the real server that can refuse, cut or swallow connections. */
export async function wayTo(databaseUrl: string) {
  const real = new URL(databaseUrl);
  const port = await freePort();
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server: Server = createServer((near) => {
    const far = connect(Number(real.port || 5432), real.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
    }
    near.on("data", (bytes) => isSilent || far.write(bytes));
    far.on("data", (bytes) => isSilent || near.write(bytes));
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  const shut = async (): Promise<void> => {
    cut();
    if (server.listening) await new Promise((done) => server.close(done));
  };
  onTestFinished(shut);
  const url = new URL(real);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  return {
    url: url.href,
    open: () => new Promise<void>((done) => server.listen(port, "127.0.0.1", done)),
    cut,
    shut,
    /** What is on its way then never arrives, as after a machine failed; new connections work. */
    swallow: (): void => {
      isSilent = true;
    },
    hear: (): void => {
      isSilent = false;
    },
  };
}

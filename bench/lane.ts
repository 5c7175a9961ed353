import { connect, type Socket } from "node:net";

/**
 * One keep-alive connection that carries one request at a time. Written by hand because it shares
 * two cores with what it measures.
 */
export interface Lane {
  /** Sends a whole request and resolves with the status of the answer, when all of it is there. */
  send(request: Buffer): Promise<number>;
  close(): void;
}

export function openLane(port: number): Promise<Lane> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => resolve(laneOver(socket)));
  });
}

function laneOver(socket: Socket): Lane {
  let heard = "";
  let waiting: { resolve: (status: number) => void; reject: (error: Error) => void } | null = null;
  const fail = (error: Error): void => {
    waiting?.reject(error);
    waiting = null;
  };
  socket.setEncoding("latin1");
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server hung up")));
  socket.on("data", (text: string) => {
    heard += text;
    const status = statusOfWhole(heard);
    if (status === null) return;
    heard = "";
    waiting?.resolve(status);
    waiting = null;
  });
  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => void socket.destroy(),
  };
}

/**
 * The status of an answer that has arrived completely, else null. Ours always say how long they
 * are.
 */
function statusOfWhole(heard: string): number | null {
  const head = heard.indexOf("\r\n\r\n");
  if (head === -1) return null;
  const [, length = "0"] = /\r\ncontent-length: (\d+)/i.exec(heard.slice(0, head)) ?? [];
  return heard.length >= head + 4 + Number(length) ? Number(heard.slice(9, 12)) : null;
}

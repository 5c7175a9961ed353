import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Json } from "./slack-types.ts";

/**
 * The server side of Socket Mode: a web socket (RFC 6455) for Slack's envelopes and their
 * acknowledgements.
 */
export interface SlackSocket {
  readonly url: string;
  /** Whether an app is connected. */
  isConnected(): boolean;
  /** Sends an envelope; resolves with what the app acknowledges it with. */
  send(type: string, payload: Json): Promise<Json>;
}

const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export async function startSlackSocket(): Promise<SlackSocket> {
  const waiting = new Map<string, (answer: Json) => void>();
  let app: Socket | null = null;
  let count = 0;

  const server = createServer();
  server.on("upgrade", (request, socket: Socket) => {
    const key = request.headers["sec-websocket-key"] ?? "";
    const accept = createHash("sha1").update(`${key}${magic}`).digest("base64");
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    app = socket;
    socket.on("error", () => undefined);
    socket.on("close", () => {
      app = null;
    });
    eachFrame(socket, ({ opcode, data }) => {
      if (opcode === 9) socket.write(frameOf(10, data));
      else if (opcode === 8) socket.end(frameOf(8, data));
      else if (opcode === 1) answered(JSON.parse(data.toString("utf8")) as Json);
    });
    socket.write(frameOf(1, Buffer.from(JSON.stringify({ type: "hello", num_connections: 1 }))));
  });
  const answered = (answer: Json): void => {
    waiting.get(String(answer["envelope_id"]))?.(answer);
    waiting.delete(String(answer["envelope_id"]));
  };
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(() => {
    app?.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `ws://127.0.0.1:${port}/link`,
    isConnected: () => app !== null,
    send: (type, payload) =>
      new Promise((resolve) => {
        count += 1;
        const envelope = {
          type,
          envelope_id: `e${count}`,
          accepts_response_payload: true,
          payload,
        };
        waiting.set(envelope.envelope_id, resolve);
        app?.write(frameOf(1, Buffer.from(JSON.stringify(envelope))));
      }),
  };
}

interface Frame {
  readonly opcode: number;
  readonly data: Buffer;
  readonly length: number;
}

function eachFrame(socket: Socket, take: (frame: Frame) => void): void {
  let buffered = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    for (let frame = frameIn(buffered); frame; frame = frameIn(buffered)) {
      buffered = buffered.subarray(frame.length);
      take(frame);
    }
  });
}

/** A whole unmasked frame, as servers send them. */
function frameOf(opcode: number, data: Buffer): Buffer {
  const head =
    data.length < 126
      ? [0x80 | opcode, data.length]
      : [0x80 | opcode, 126, data.length >> 8, data.length & 255];
  return Buffer.concat([Buffer.from(head), data]);
}

/** The first masked frame of the received bytes, or null where it is not complete. */
function frameIn(bytes: Buffer): Frame | null {
  if (bytes.length < 6) return null;
  const short = (bytes[1] ?? 0) & 127;
  const start = short === 126 ? 8 : 6;
  if (bytes.length < start) return null;
  const size = short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < start + size) return null;
  const mask = bytes.subarray(start - 4, start);
  const data = Buffer.from(
    bytes.subarray(start, start + size).map((byte, at) => byte ^ (mask[at % 4] ?? 0)),
  );
  return { opcode: (bytes[0] ?? 0) & 15, data, length: start + size };
}

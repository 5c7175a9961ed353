import { createSign, generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import type { TeamsCloud } from "../../src/chat/teams/bot/bot-parts.ts";
import { problemsOf } from "./adaptive-card.ts";

/**
 * A Teams server for tests: the Bot Connector's routes that we call, with state and faults on
 * demand, and the keys with which the Bot Framework signs. Every card is checked; what a client
 * would not draw, or what is active, is in `problems`.
 */

export type Json = Readonly<Record<string, unknown>>;

/** A message as Teams stores it. */
export interface TeamsKept {
  /** The channel or the conversation with one person, without a thread. */
  readonly conversation: string;
  readonly id: string;
  /** The message that began the thread; its own id where it is the root. */
  readonly root: string;
  readonly activity: Json;
  readonly edits: number;
}

export interface TeamsCall {
  readonly method: string;
  readonly path: string;
  readonly body: Json;
}

/** The result of a call. cut: the connection ends; done: whether it was done all the same. */
export interface TeamsFault {
  readonly status?: number;
  readonly code?: string;
  readonly retryAfter?: number;
  readonly cut?: boolean;
  readonly done?: boolean;
}

export interface TeamsServer {
  readonly serviceUrl: string;
  readonly cloud: TeamsCloud;
  readonly calls: readonly TeamsCall[];
  readonly problems: readonly string[];
  /** Called before each call; null = no fault. */
  fault: (call: TeamsCall) => TeamsFault | null;
  /** In order of time, replies included. */
  messagesIn(conversation: string): readonly TeamsKept[];
  /** The direct messages to a person. */
  directs(person: string): readonly TeamsKept[];
  deleteMessage(message: TeamsKept): void;
  /** A message of somebody's own, as the root of a thread; answers its id. */
  begins(conversation: string): string;
  /** Makes a person something other than a member, or a conversation's id unknown. */
  says(id: string, what: Json): void;
  /** Whether the signing keys can be fetched. */
  keysDown: boolean;
  /** Whether our own token can be fetched. */
  loginDown: boolean;
  /** The endorsement of the key. */
  endorsements: readonly string[];
  /** A token of the Bot Framework; claims and header can be changed. */
  token(claims?: Json, how?: TokenMaking): string;
}

export interface TokenMaking {
  readonly header?: Json;
  readonly key?: KeyObject;
}

export const appId = "11111111-0000-4000-8000-00000000000a";
export const tenant = "72f988bf-0000-4000-8000-000000000001";
const teamsIssuer = "https://api.botframework.com";
export const modelRisk = "19:modelrisk@thread.tacv2";
export const botAccount = { id: `28:${appId}`, name: "Holdpoint" };

const order = ["ana", "bob", "chidi", "dana", "erin", "frank"];

/** Somebody's account: those of the example policy, their copies (bob07), and strangers. */
export function accountFor(person: string): { readonly id: string; readonly aad: string } {
  const [, name = "", copy = "0"] = /^([a-z]+)(\d\d)?$/.exec(person) ?? [];
  const at = order.indexOf(name) + 1;
  const last =
    at > 0
      ? at + (copy === "0" ? 0 : copies * (Number(copy) + 1))
      : [...person].reduce((sum, letter) => sum + letter.charCodeAt(0), 1000);
  return {
    id: `29:${person}`,
    aad: `${aadStart}${String(last).padStart(12, "0")}`,
  };
}

const aadStart = "6f1c1f0e-0000-4000-8000-";

/** Between the number of a person and that of their next copy. */
const copies = 1_000_000;

/** The Bot Framework's, made once: a pair takes longer than the rest of a start. */
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

export async function startTeamsServer(): Promise<TeamsServer> {
  const messages: TeamsKept[] = [];
  const calls: TeamsCall[] = [];
  const problems: string[] = [];
  const said = new Map<string, Json>();
  let last = 1_795_640_000_000;
  const next = (): string => {
    last += 1;
    return String(last);
  };

  const find = (conversation: string, id: string): number =>
    messages.findIndex((message) => message.conversation === conversation && message.id === id);

  const checked = (activity: Json, what: string): void => {
    for (const problem of problemsOf(activity)) problems.push(`${what}: ${problem}`);
  };

  const refusalOf = (id: string): Answered | null => {
    const { status, code } = said.get(id) ?? {};
    return typeof status === "number" ? failed(status, String(code ?? "")) : null;
  };

  const post = (full: string, body: Json): Answered => {
    const { conversation, root } = partsOf(full);
    const refused = refusalOf(conversation);
    if (refused) return refused;
    if (root !== "" && find(conversation, root) < 0) return failed(404, "ConversationNotFound");
    checked(body, `POST ${full}`);
    const id = next();
    messages.push({ conversation, id, root: root || id, activity: body, edits: 0 });
    return { status: 201, json: { id } };
  };

  const edit = (full: string, id: string, body: Json): Answered => {
    const { conversation } = partsOf(full);
    const refused = refusalOf(conversation);
    if (refused) return refused;
    const at = find(conversation, id);
    const old = messages[at];
    if (!old) return failed(404, "ActivityNotFoundInConversation");
    checked(body, `PUT ${full}`);
    messages[at] = { ...old, activity: body, edits: old.edits + 1 };
    return { status: 200, json: { id } };
  };

  const create = ({ members, tenantId }: Json): Answered => {
    const [member] = Array.isArray(members) ? (members as Json[]) : [];
    const person = personOf(String(member?.["id"] ?? ""));
    if (tenantId !== tenant) return failed(403, "Forbidden");
    const refused = refusalOf(`open:${person}`);
    return refused ?? { status: 201, json: { id: `a:${person}` } };
  };

  const memberIn = (conversation: string, id: string): Answered => {
    const refused = refusalOf(conversation);
    if (refused) return refused;
    const person = personOf(id);
    const told = said.get(person) ?? {};
    const gone = refusalOf(person);
    if (gone) return gone;
    const { id: account, aad } = accountFor(person);
    const member = { id: account, aadObjectId: aad, tenantId: tenant, userRole: "user" };
    return { status: 200, json: { ...member, ...told } };
  };

  const remove = (full: string, id: string): Answered => {
    const at = find(partsOf(full).conversation, id);
    if (at < 0) return failed(404, "ActivityNotFoundInConversation");
    messages.splice(at, 1);
    return { status: 200, json: {} };
  };

  const roster = (full: string): Answered =>
    refusalOf(partsOf(full).conversation) ?? { status: 200, json: { members: [] } };

  /** The Connector's routes with their patterns, in the order in which they are tried. */
  const routes: readonly (readonly [RegExp, (call: Asked) => Answered])[] = [
    [/^POST $/, ({ body }) => create(body)],
    [/^POST activities$/, ({ full, body }) => post(full, body)],
    [/^PUT activities$/, ({ full, id, body }) => edit(full, id, body)],
    [/^DELETE activities$/, ({ full, id }) => remove(full, id)],
    [/^GET pagedmembers$/, ({ full }) => roster(full)],
    [/^GET members$/, ({ full, id }) => memberIn(partsOf(full).conversation, id)],
  ];

  const answer = ({ method, path, body }: TeamsCall): Answered => {
    const [, , , full = "", kind = "", id = ""] = path.split("/").map(decodeURIComponent);
    const found = routes.find(([name]) => name.test(`${method} ${kind}`));
    return found ? found[1]({ full, id, body }) : failed(404, "NotFound");
  };

  const server = createServer(async (request, response) => {
    const path = request.url?.split("?")[0] ?? "";
    if (path.startsWith("/keys") || path.startsWith("/.well-known"))
      return void keys(path, response);
    const call = { method: request.method ?? "", path, body: await bodyOf(request) };
    if (request.headers.authorization !== `Bearer ${ourToken}`)
      return void told(response, failed(401, "Unauthorized"));
    calls.push(call);
    const fault = teams.fault(call);
    if (fault && !fault.done) return void broken(response, fault);
    const answered = answer(call);
    if (fault) return void broken(response, fault);
    told(response, answered);
  });

  const keys = (path: string, response: ServerResponse): void => {
    if (teams.keysDown) return void response.destroy();
    const jwk = {
      ...publicKey.export({ format: "jwk" }),
      kid: "k1",
      endorsements: teams.endorsements,
    };
    const config = { issuer: teamsIssuer, jwks_uri: `${base}/keys/${keySet}` };
    told(response, { status: 200, json: path.startsWith("/keys") ? { keys: [jwk] } : config });
  };

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const keySet = randomUUID();

  const teams: TeamsServer = {
    serviceUrl: `${base}/`,
    cloud: {
      login: "https://login.microsoftonline.com/botframework.com",
      scope: "https://api.botframework.com",
      issuer: teamsIssuer,
      // The SDK caches the keys of an address for the life of the process, and a port may be used
      // again, so each server has an address of its own.
      openIdMetadata: `${base}/.well-known/openid/${keySet}`,
      credentials: {
        isValidAppId: async (id = "") => id === appId,
        isAuthenticationDisabled: async () => false,
        createCredentials: async () => ({
          signRequest: async (request) => {
            if (teams.loginDown) throw new Error("the login does not answer");
            request.headers.set("authorization", `Bearer ${ourToken}`);
            return request;
          },
        }),
      },
    },
    calls,
    problems,
    fault: () => null,
    keysDown: false,
    loginDown: false,
    endorsements: ["msteams"],
    messagesIn: (conversation) =>
      messages.filter((message) => message.conversation === conversation),
    directs: (person) => messages.filter((message) => message.conversation === `a:${person}`),
    deleteMessage: ({ conversation, id }) => void messages.splice(find(conversation, id), 1),
    begins: (conversation) => {
      const id = next();
      messages.push({ conversation, id, root: id, activity: { attachments: [] }, edits: 0 });
      return id;
    },
    says: (id, what) => void said.set(id, what),
    token: (claims = {}, { header = {}, key = privateKey } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const usual = { iss: teamsIssuer, aud: appId, serviceurl: `${base}/` };
      return signed(
        { alg: "RS256", typ: "JWT", kid: "k1", ...header },
        { ...usual, nbf: now - 60, exp: now + 3_600, ...claims },
        key,
      );
    },
  };
  return teams;
}

const ourToken = "the-bot's-own-token-for-tests";

interface Asked {
  readonly full: string;
  readonly id: string;
  readonly body: Json;
}

interface Answered {
  readonly status: number;
  readonly json: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

const failed = (status: number, code: string, headers = {}): Answered => ({
  status,
  json: { error: { code, message: `Teams says ${code}` } },
  headers,
});

function told(response: ServerResponse, { status, json, headers = {} }: Answered): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(json));
}

function broken(
  response: ServerResponse,
  { cut, status = 500, code = "ServiceError", retryAfter }: TeamsFault,
): void {
  if (cut) return void response.destroy();
  const headers = retryAfter === undefined ? {} : { "retry-after": String(retryAfter) };
  told(response, failed(status, code, headers));
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  return text === "" ? {} : (JSON.parse(text) as Json);
}

function partsOf(full: string) {
  const [conversation = "", thread = ""] = full.split(";messageid=");
  return { conversation, root: thread };
}

const personOf = (id: string): string =>
  id.startsWith("29:")
    ? id.slice(3)
    : (nameOf(Number(id.toLowerCase().replace(aadStart, ""))) ?? id);

/** The person of the example policy, or their copy, whose account has this number. */
function nameOf(number: number): string | undefined {
  const name = order[(number % copies) - 1];
  const copy = Math.floor(number / copies) - 1;
  return name && copy >= 0 ? `${name}${String(copy).padStart(2, "0")}` : name;
}

const part = (json: Json): string => Buffer.from(JSON.stringify(json)).toString("base64url");

function signed(header: Json, claims: Json, key: KeyObject): string {
  const text = `${part(header)}.${part(claims)}`;
  const signature = createSign("RSA-SHA256").update(text).sign(key).toString("base64url");
  return `${text}.${signature}`;
}

import { describe, expect, test } from "vitest";
import { SendFault } from "../../../src/app/ports.ts";
import {
  createMessageSender,
  type OutgoingMessage,
  type SendCalls,
} from "../../../src/chat/shared/message-sender.ts";

/** What both chats do where the platform refuses a form, a thread or an edit. */

const refusal = (code: string): Error => new Error(code);
const codeOf = (error: unknown): string => (error instanceof Error ? error.message : "");

/** A platform that refuses what `refuses` names; messages are strings. */
function platform(refuses: (form: string, thread: string | null) => string | null) {
  const sent: string[] = [];
  const told: string[] = [];
  const attempt = (form: string, thread: string | null): void => {
    const code = refuses(form, thread);
    if (code !== null) throw refusal(code);
    sent.push(form);
  };
  const calls: SendCalls<string> = {
    platform: "Chat",
    tell: (sentence) => void told.push(sentence),
    post: async ({ thread }, form) => {
      attempt(form, thread);
      return String(sent.length);
    },
    update: async (_address, form) => attempt(form, null),
    repost: (_message, send) => send(true),
    badForm: (error) => (codeOf(error) === "too large" ? "too large" : null),
    isThreadGone: (error) => codeOf(error) === "no thread",
    isEditOver: (error) => codeOf(error) === "gone",
    faultOf: (error) =>
      error instanceof SendFault
        ? error
        : new SendFault(codeOf(error), { retry: "later", arrived: "perhaps" }),
  };
  return { sent, told, sender: createMessageSender(calls) };
}

const message: OutgoingMessage<string> = {
  key: "card:HP-1",
  channel: "risk",
  thread: null,
  doubtSince: null,
  attempts: 1,
  forms: (repeat) => ["full", "small", "text"].map((form) => (repeat ? `${form} again` : form)),
};

describe("a post", () => {
  test.each<readonly [readonly string[], string]>([
    [[], "full"],
    [["full"], "small"],
    [["full", "small"], "text"],
  ])("that is not taken as %j is sent as %s, and the operator is told of it", async (bad, form) => {
    const { sent, told, sender } = platform((form) => (bad.includes(form) ? "too large" : null));

    const posted = await sender.post(message);

    expect(posted).toEqual({ channel: "risk", id: "1", isEarlier: false });
    expect(sent).toEqual([form]);
    expect(told).toHaveLength(bad.length === 0 ? 0 : 1);
    expect(told.join()).toMatch(bad.length === 0 ? /^$/ : /card:HP-1 as it is \(too large\)/);
  });

  test("that is taken in no form is not tried again, and the operator is told why", async () => {
    const { told, sender } = platform(() => "too large");

    await expect(sender.post(message)).rejects.toMatchObject({ retry: "never", arrived: "no" });

    expect(told).toEqual(["Chat takes card:HP-1 in no form (too large). Please report this."]);
  });

  test("whose thread is gone is sent in the channel; in no other case is it sent twice", async () => {
    const gone = platform((_form, thread) => (thread === null ? null : "no thread"));
    const broken = platform(() => "HTTP 500");

    await gone.sender.post({ ...message, thread: "t1" });
    await expect(broken.sender.post({ ...message, thread: "t1" })).rejects.toMatchObject({
      arrived: "perhaps",
    });

    expect(gone.sent).toEqual(["full"]);
    expect(broken.sent).toEqual([]);
  });

  test("in doubt is left to the platform, which may mark it as a repeat", async () => {
    const { sent, sender } = platform(() => null);

    await sender.post({ ...message, doubtSince: 1 });

    expect(sent).toEqual(["full again"]);
  });
});

describe("an edit", () => {
  const address = { channel: "risk", id: "1" };

  test("gives way to simpler forms, and says when it is over", async () => {
    const small = platform((form) => (form === "full" ? "too large" : null));
    const gone = platform(() => "gone");
    const broken = platform(() => "HTTP 500");
    const edit = ({ sender }: typeof gone) => sender.edit("card:HP-1", address, ["full", "small"]);

    expect(await edit(small)).toBe(true);
    expect(await edit(gone)).toBe(false);
    await expect(edit(broken)).rejects.toBeInstanceOf(SendFault);
    expect(small.sent).toEqual(["small"]);
  });
});

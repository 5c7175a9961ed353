import { SendFault, type Sending } from "../../app/ports.ts";

/** Where a platform has a message. */
export interface MessageAddress {
  /** A channel, or the conversation with one person; never with a thread. */
  readonly channel: string;
  readonly id: string;
}

/** A message on its way; `Message` is what the platform takes. */
export interface OutgoingMessage<Message>
  extends Pick<Sending<"line">, "key" | "doubtSince" | "attempts"> {
  readonly channel: string;
  /** The message whose thread it belongs to; null = none. */
  readonly thread: string | null;
  /** From the full form to the simplest. `repeat`: it says that it may be there twice. */
  readonly forms: (repeat: boolean) => readonly Message[];
  /** The message of the same key that it replaces; a search must not take that one for it. */
  readonly replaces?: MessageAddress | null;
}

/** Where a message was posted. `isEarlier`: an earlier attempt, perhaps with an older text. */
export interface PostedMessage extends MessageAddress {
  readonly isEarlier: boolean;
}

/** Posts and edits messages. What fails is a SendFault. */
export interface MessageSender<Message> {
  post(message: OutgoingMessage<Message>): Promise<PostedMessage>;
  /** Replaces a message; false where it is gone or can no longer be edited. */
  edit(key: string, address: MessageAddress, forms: readonly Message[]): Promise<boolean>;
}

/** How one platform sends, and what its errors mean. */
export interface SendCalls<Message> {
  /** The platform's name, as the operator reads it. */
  readonly platform: string;
  /** Sends a message in one form; answers its id. */
  post(message: OutgoingMessage<Message>, form: Message): Promise<string>;
  update(address: MessageAddress, form: Message): Promise<unknown>;
  /** Sends a message whose earlier attempt may have arrived. */
  repost(
    message: OutgoingMessage<Message>,
    send: (repeat: boolean) => Promise<PostedMessage>,
  ): Promise<PostedMessage>;
  /** The platform's code for not taking a message in this form; null = it failed otherwise. */
  badForm(error: unknown): string | null;
  /** Whether a post failed because the thread is gone or takes no replies. */
  isThreadGone(error: unknown): boolean;
  /** Whether an edit failed because the message is gone or can no longer be edited. */
  isEditOver(error: unknown, key: string): boolean;
  faultOf(error: unknown): SendFault;
  /** Tells the operator. */
  tell(sentence: string): void;
}

/** What every platform does with a form it does not take, a missing thread, a missing message. */
export function createMessageSender<Message>(calls: SendCalls<Message>): MessageSender<Message> {
  /** A message that is taken in no form is not tried again until there is something new to say. */
  const inSomeForm = async <T>(
    key: string,
    forms: readonly Message[],
    say: (form: Message) => Promise<T>,
  ): Promise<T> => {
    const { platform, tell } = calls;
    let code = "";
    for (const [at, form] of forms.entries())
      try {
        const said = await say(form);
        if (at > 0)
          tell(
            `${platform} does not take ${key} as it is (${code}): a simpler form was sent. Please report this.`,
          );
        return said;
      } catch (error) {
        const refusal = calls.badForm(error);
        if (refusal === null) throw error;
        code = refusal;
      }
    tell(`${platform} takes ${key} in no form (${code}). Please report this.`);
    const known = { retry: "never", arrived: "no" } as const;
    throw new SendFault(`${platform} takes it in no form: ${code}`, known);
  };

  const post: MessageSender<Message>["post"] = async (message) => {
    const { key, channel, thread, doubtSince, forms } = message;
    const send = async (repeat: boolean): Promise<PostedMessage> => {
      const id = await inSomeForm(key, forms(repeat), (form) => calls.post(message, form));
      return { channel, id, isEarlier: false };
    };
    try {
      return await (doubtSince === null ? send(false) : calls.repost(message, send));
    } catch (error) {
      if (thread === null || !calls.isThreadGone(error)) throw calls.faultOf(error);
    }
    // In the channel it is at least read; an earlier attempt is looked for there as well.
    return post({ ...message, thread: null });
  };

  return {
    post,
    edit: async (key, address, forms) => {
      try {
        await inSomeForm(key, forms, (form) => calls.update(address, form));
        return true;
      } catch (error) {
        if (calls.isEditOver(error, key)) return false;
        throw calls.faultOf(error);
      }
    },
  };
}

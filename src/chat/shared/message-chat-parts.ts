import type { Clock, DailyDigest, Pace, Store } from "../../app/ports.ts";
import type { Card } from "../../core/card/card.ts";
import type { EscalationId, Instant, PersonId } from "../../core/ids.ts";
import type { AccountChat, People, Person } from "../../core/people/person.ts";
import type { Policy } from "../../core/policy/model.ts";
import type { Destinations } from "./destinations.ts";
import type { Link } from "./links.ts";
import type { AddressedLine } from "./mentions.ts";
import type { MessageAddress, MessageSender, OutgoingMessage } from "./message-sender.ts";

/** What a chat with addressable messages needs of its platform, and how it stores what was sent. */

export type Forms<Message> = OutgoingMessage<Message>["forms"];

/** How a platform draws each thing that is sent, from the full form to the simplest. */
export interface Drawings<Message> {
  /** `first`: whoever is asked is mentioned. */
  card(
    card: Card,
    context: { readonly channel: string; readonly first: boolean; readonly console: Link },
  ): Forms<Message>;
  /** What replaces a card that is shown elsewhere now. */
  moved(card: Card, link: Link): readonly Message[];
  line(said: AddressedLine, people: People, link: Link | null): Forms<Message>;
  digest(digest: DailyDigest): Forms<Message>;
}

export interface MessageChatParts<Message> {
  readonly name: AccountChat;
  readonly pace: Pace;
  readonly directory: {
    reaches(person: Person): boolean;
    onLost(listener: () => void): void;
  };
  readonly channels: () => Policy["channels"];
  readonly destinations: Destinations;
  readonly sender: MessageSender<Message>;
  /** Whether a message says that it may be there twice. */
  readonly isRepeat: (key: string) => Promise<boolean>;
  /** Whether a fault means that nothing can be sent or edited in a place. */
  readonly isBarred: (fault: unknown) => boolean;
  readonly draw: Drawings<Message>;
  readonly store: Pick<Store, "saveMessage" | "directsOf">;
  readonly clock: Clock;
  /** The console's address. */
  readonly publicUrl: string;
}

/** What a message is about, as it is stored. */
export interface About {
  /** The policy's key of the channel. */
  readonly channel: string;
  readonly escalation: EscalationId | "";
  readonly to: readonly PersonId[];
  /** When it was said first, for an edit; else now. */
  readonly at?: Instant;
}

/** Edits a message; where the platform lets nobody edit it any more, it stays as it is. */
export async function editIfAllowed<Message>(
  { sender, isBarred }: MessageChatParts<Message>,
  {
    key,
    address,
    forms,
  }: {
    readonly key: string;
    readonly address: MessageAddress;
    readonly forms: readonly Message[];
  },
): Promise<void> {
  try {
    await sender.edit(key, address, forms);
  } catch (fault) {
    if (!isBarred(fault)) throw fault;
  }
}

/** Stores where a message is, and the fingerprint of what it says. */
export async function storeMessage<Message>(
  { name, store, clock, destinations }: MessageChatParts<Message>,
  {
    key,
    address,
    about,
    said = null,
  }: {
    readonly key: string;
    /** null = nowhere any more. */
    readonly address: MessageAddress | null;
    readonly about: About;
    readonly said?: string | null;
  },
): Promise<void> {
  const place = destinations.stored(address ?? { channel: "", id: "" });
  await store.saveMessage({ chat: name, key, place, body: said, at: clock.now(), ...about });
}

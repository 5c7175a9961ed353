import { randomUUID } from "node:crypto";
import { cardProblems } from "./adaptive-card.ts";
import { type DrawnAction, readCard } from "./teams-reading.ts";
import {
  accountFor,
  botAccount,
  type Json,
  modelRisk,
  type TeamsKept,
  type TeamsServer,
  tenant,
} from "./teams-server.ts";

/**
 * People in Teams: their actions become the signed activities that the Bot Framework would send;
 * what they see is read as a client shows it.
 */

/** An answer as the person sees it. */
export interface SeenInTeams {
  readonly status: number;
  /** Everything readable, line by line. */
  readonly text: string;
  readonly buttons: readonly string[];
  /** Whether it is in a dialog that is open for them. */
  readonly inDialog: boolean;
}

export interface TeamsPeople {
  /** Presses the button with this label, on a message or in what they saw last. */
  press(person: string, label: string, on?: TeamsKept): Promise<SeenInTeams>;
  /**
   * Submits the dialog they have open, filled in as it is, with these values besides, by the
   * field's name.
   */
  submit(person: string, values?: Readonly<Record<string, string>>): Promise<SeenInTeams>;
  /** The dialog that is open for them. */
  dialog(person: string): { readonly title: string; readonly card: unknown } | undefined;
  /** Mentions the app in the channel, or in reply to a message. */
  mention(person: string, line: string, under?: TeamsKept): Promise<SeenInTeams>;
  /** Writes to the app directly. */
  write(person: string, line: string): Promise<SeenInTeams>;
  /** Adds the app to the team, or for themselves. */
  install(person: string, where?: "team" | "personal"): Promise<SeenInTeams>;
  /** Sends an activity as it is, with the Bot Framework's token unless said otherwise. */
  post(activity: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Activities as Teams makes them, for tests that change something in them. */
  readonly activities: Activities;
}

interface Place {
  readonly url: () => string;
  readonly settle: () => Promise<void>;
}

type Activities = ReturnType<typeof activitiesOf>;

function activitiesOf(teams: TeamsServer) {
  const base = (person: string, conversation: string): Json => {
    const { id, aad } = accountFor(person);
    const personal = conversation.startsWith("a:");
    return {
      id: randomUUID(),
      channelId: "msteams",
      serviceUrl: teams.serviceUrl,
      from: { id, name: person, aadObjectId: aad },
      conversation: {
        id: conversation,
        tenantId: tenant,
        ...(personal
          ? { conversationType: "personal" }
          : { conversationType: "channel", isGroup: true }),
      },
      recipient: botAccount,
      channelData: { tenant: { id: tenant } },
    };
  };
  const inChannel = (under: TeamsKept | undefined): string =>
    `${modelRisk};messageid=${under?.root ?? teams.begins(modelRisk)}`;
  const placeOf = (message: TeamsKept): string =>
    message.conversation.startsWith("a:")
      ? message.conversation
      : `${message.conversation};messageid=${message.root}`;
  return {
    mention: (person: string, line: string, under?: TeamsKept): Json => ({
      ...base(person, inChannel(under)),
      type: "message",
      text: `<at>Holdpoint</at> ${line}`,
      entities: [{ type: "mention", mentioned: botAccount, text: "<at>Holdpoint</at>" }],
    }),
    direct: (person: string, line: string): Json => ({
      ...base(person, `a:${person}`),
      type: "message",
      text: line,
    }),
    execute: (person: string, { data, title, verb }: DrawnAction, on: TeamsKept): Json => ({
      ...base(person, placeOf(on)),
      type: "invoke",
      name: "adaptiveCard/action",
      replyToId: on.id,
      value: { action: { type: "Action.Execute", title, verb, data }, trigger: "manual" },
    }),
    fetch: (person: string, data: unknown, on: TeamsKept): Json => ({
      ...base(person, placeOf(on)),
      type: "invoke",
      name: "task/fetch",
      replyToId: on.id,
      value: { data, context: { theme: "default" } },
    }),
    task: (person: string, data: unknown, on: TeamsKept): Json => ({
      ...base(person, placeOf(on)),
      type: "invoke",
      name: "task/submit",
      replyToId: on.id,
      value: { data, context: { theme: "default" } },
    }),
    submitted: (person: string, value: unknown, on: TeamsKept): Json => ({
      ...base(person, placeOf(on)),
      type: "message",
      replyToId: on.id,
      value,
    }),
    installed: (person: string, where: "team" | "personal"): Json => ({
      ...base(person, where === "team" ? modelRisk : `a:${person}`),
      type: "installationUpdate",
      action: "add",
    }),
  };
}

interface AnswerBody {
  readonly task?: {
    readonly value: { readonly title: string; readonly card: { readonly content: unknown } };
  };
  readonly value?: unknown;
}

interface Open {
  readonly title: string;
  readonly card: unknown;
  readonly on: TeamsKept;
}

export function teamsPeople(teams: TeamsServer, { url, settle }: Place): TeamsPeople {
  const activities = activitiesOf(teams);
  /** The dialog each person has open. */
  const dialogs = new Map<string, Open>();
  /** The last message each person was answered with. */
  const answers = new Map<string, TeamsKept>();

  const post: TeamsPeople["post"] = (activity, headers = {}) =>
    fetch(`${url()}/api/messages`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${teams.token()}`,
        ...headers,
      },
      body: typeof activity === "string" ? activity : JSON.stringify(activity),
    });

  const seen = (status: number, card: unknown, inDialog: boolean): SeenInTeams => {
    const { lines, actions } = readCard(card);
    return {
      status,
      inDialog,
      text: lines.join("\n"),
      buttons: actions.map(({ title }) => title),
    };
  };

  /** Sends it and reads what comes back: a dialog, a sentence, or a message. */
  const send = async (person: string, activity: Json, on?: TeamsKept): Promise<SeenInTeams> => {
    const before = new Set(everything().map(({ id }) => id));
    const response = await post(activity);
    const text = await response.text();
    const { task, value } = (text === "" ? {} : JSON.parse(text)) as AnswerBody;
    const found = answerTo(activity, before);
    if (found) answers.set(person, found);
    await settle();
    if (task && on) {
      const { title, card } = task.value;
      return opened(person, response.status, { title, card: card.content, on });
    }
    return typeof value === "string"
      ? { status: response.status, text: value, buttons: [], inDialog: false }
      : seen(response.status, found ? cardOf(found) : {}, false);
  };

  const opened = (person: string, status: number, dialog: Open): SeenInTeams => {
    const wrong = cardProblems(dialog.card);
    if (wrong.length > 0) throw new Error(`a dialog Teams would not draw: ${wrong.join("; ")}`);
    dialogs.set(person, dialog);
    return seen(status, dialog.card, true);
  };

  const everything = (): readonly TeamsKept[] => [
    ...teams.messagesIn(modelRisk),
    ...["ana", "bob", "chidi", "dana", "erin", "frank", "mallory"].flatMap((name) =>
      teams.directs(name),
    ),
  ];

  /** A message in the conversation of the activity that was not there before it. */
  const answerTo = (activity: Json, before: ReadonlySet<string>): TeamsKept | undefined => {
    const { id } = activity["conversation"] as { readonly id: string };
    const [conversation = "", root] = id.split(";messageid=");
    const isAnswer = (message: TeamsKept) => root === undefined || message.root === root;
    return teams
      .messagesIn(conversation)
      .findLast((message) => !before.has(message.id) && isAnswer(message));
  };

  /** What a person looks at: a message, else their dialog, else the last answer. */
  const inFront = (person: string, on: TeamsKept | undefined) => {
    const dialog = on === undefined ? dialogs.get(person) : undefined;
    const message = on ?? dialog?.on ?? answers.get(person);
    if (!message) throw new Error(`${person} sees nothing to press`);
    return { message, card: dialog?.card ?? cardOf(message), inDialog: dialog !== undefined };
  };

  return {
    activities,
    post,
    dialog: (person) => dialogs.get(person),
    press: async (person, label, on) => {
      const { card, message, inDialog } = inFront(person, on);
      const action = readCard(card).actions.find(({ title }) => title === label);
      if (!action) throw new Error(`no button ${label}: ${JSON.stringify(seen(0, card, false))}`);
      if (action.type === "Action.Execute" && !inDialog)
        return send(person, activities.execute(person, action, message), message);
      const made = action.opensDialog && !inDialog ? activities.fetch : activities.task;
      return send(person, made(person, action.data, message), message);
    },
    submit: async (person, values = {}) => {
      const open = dialogs.get(person);
      if (!open) throw new Error(`${person} has no dialog open`);
      const { inputs, actions } = readCard(open.card);
      const action = actions.at(-1);
      const filled = Object.fromEntries(
        inputs.map(({ id, name, value, isChoice }) => {
          const given = values[name];
          return [id, given === undefined ? value : isChoice ? `=${given}` : given];
        }),
      );
      const data = { ...(action?.data as object), ...filled };
      const told = await send(person, activities.task(person, data, open.on), open.on);
      if (dialogs.get(person) === open) dialogs.delete(person);
      return told;
    },
    mention: (person, line, under) => {
      dialogs.delete(person); // whoever types has closed it
      return send(person, activities.mention(person, line, under), under);
    },
    write: (person, line) => {
      dialogs.delete(person);
      return send(person, activities.direct(person, line));
    },
    install: (person, where = "team") => send(person, activities.installed(person, where)),
  };
}

/** The card a message holds. */
export function cardOf({ activity }: TeamsKept): unknown {
  const [first] = activity["attachments"] as readonly { readonly content: unknown }[];
  return first?.content;
}

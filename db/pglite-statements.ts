import { type messages, type PGlite, protocol, types } from "@electric-sql/pglite";
import type { Executor } from "./executor.ts";

/**
 * Prepared statements of the embedded database. PGlite's own `query` parses and plans its text each
 * time, in five messages: for a short statement that is most of its time. Here a text is prepared
 * when it is first used, and runs afterwards in one message.
 */
export interface PreparedStatements {
  /** Throws PGlite's error with its SQLSTATE. */
  readonly execute: Executor;
  /** Before the schema changes: what was prepared may no longer fit. */
  forget(): Promise<void>;
}

interface Statement {
  readonly name: string;
  /** OIDs of the parameters' types and of the columns'. */
  readonly parameters: readonly number[];
  readonly columns: readonly number[];
}

/** Each takes some kilobytes; the one that was not used for longest goes first. */
const mostPrepared = 300;

const { serialize } = protocol;

export function preparedStatements(pg: PGlite): PreparedStatements {
  const prepared = new Map<string, Statement>();
  let names = 0;

  const send = (...parts: readonly Uint8Array[]): Promise<messages.BackendMessage[]> =>
    pg.execProtocolStream(Buffer.concat([...parts, serialize.sync()]));

  const close = async (text: string, { name }: Statement): Promise<void> => {
    prepared.delete(text);
    await send(serialize.close({ type: "S", name }));
  };

  const prepare = async (text: string): Promise<Statement> => {
    const [oldest] = prepared;
    if (oldest && prepared.size >= mostPrepared) await close(...oldest);
    names += 1;
    const name = `holdpoint_${names}`;
    const answers = await send(
      serialize.parse({ name, text }),
      serialize.describe({ type: "S", name }),
    );
    return { name, ...described(answers) };
  };

  return {
    execute: async ({ text, params, planned }) => {
      const statement = prepared.get(text) ?? (await prepare(text));
      prepared.delete(text);
      prepared.set(text, statement); // the newest is the last
      const { parameters, columns } = statement;
      const values = params.map((value, at) => textOf(pg, value, parameters[at] ?? 0));
      // What has no name is parsed again, and so planned for its values.
      const name = planned === "each time" ? "" : statement.name;
      const anew =
        planned === "each time" ? [serialize.parse({ text, types: [...parameters] })] : [];
      const bound = serialize.bind({ statement: name, values });
      const answers = await send(...anew, bound, serialize.execute());
      return answers
        .filter(isRow)
        .map(({ fields }) => fields.map((field, at) => parsed(pg, field, columns[at] ?? 0)));
    },
    forget: async () => {
      for (const each of [...prepared]) await close(...each);
    },
  };
}

function described(
  answers: readonly messages.BackendMessage[],
): Pick<Statement, "parameters" | "columns"> {
  const parameters = answers.find(
    (answer): answer is messages.ParameterDescriptionMessage =>
      answer.name === "parameterDescription",
  );
  const columns = answers.find(
    (answer): answer is messages.RowDescriptionMessage => answer.name === "rowDescription",
  );
  return {
    parameters: parameters?.dataTypeIDs ?? [],
    columns: columns?.fields.map(({ dataTypeID }) => dataTypeID) ?? [],
  };
}

const isRow = (answer: messages.BackendMessage): answer is messages.DataRowMessage =>
  answer.name === "dataRow";

/** A parameter as PostgreSQL reads it. */
function textOf(pg: PGlite, value: unknown, type: number): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "string") return value;
  if (value instanceof Uint8Array) return `\\x${Buffer.from(value).toString("hex")}`;
  const serializer = pg.serializers[type];
  return serializer ? serializer(value) : String(value);
}

/** Types that come back as text (see Executor): json, jsonb, timestamptz. */
const asText = new Set([114, 3802, 1184]);

const bytea = 17;

function parsed(pg: PGlite, field: string | null, type: number): unknown {
  if (field === null || asText.has(type)) return field;
  // PGlite's own parser takes a call a byte
  if (type === bytea) return new Uint8Array(Buffer.from(field.slice(2), "hex"));
  return types.parseType(field, type, pg.parsers);
}

import type { Instant } from "../ids.ts";
import type { SourceContext } from "../signal.ts";
import { compileMapping } from "./mapping.ts";
import type { Source } from "./model.ts";
import type { PolicyDoc } from "./schema.ts";

/** How a source's bodies are read, whoever may send them. */
type Reading = Pick<Source, "id" | "type" | "deployment" | "map" | "labels" | "mapping">;

/** What a policy file says of it. */
export const readingOf = (id: string, doc: PolicyDoc["sources"][string]): Reading => ({
  id,
  type: doc.type,
  deployment: doc.deployment ?? "",
  map: new Map(Object.entries(doc.map ?? {})),
  labels: new Map(Object.entries(doc.labels ?? {})),
  mapping: doc.mapping ? compileMapping(doc.mapping) : null,
});

/** What a source type is told beside one delivery's body. */
export const contextOf = (
  { id, deployment, map, labels, mapping }: Reading,
  {
    receivedAt,
    contentType,
    attributes,
  }: {
    readonly receivedAt: Instant;
    readonly contentType: string;
    readonly attributes: Readonly<Record<string, string>>;
  },
): SourceContext => ({
  source: id,
  receivedAt,
  contentType,
  attributes,
  deployment,
  map,
  labels,
  mapping,
});

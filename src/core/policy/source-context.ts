import type { Instant } from "../ids.ts";
import { compileMapping, type Mapping } from "./mapping.ts";
import type { Source } from "./model.ts";
import type { PolicyDoc } from "./schema/policy-schema.ts";

/** How a source's bodies are read, whoever may send them. */
type SourceReading = Pick<Source, "id" | "type" | "deployment" | "map" | "labels" | "mapping">;

/** What a policy file says of it. */
export function readingOf(id: string, doc: PolicyDoc["sources"][string]): SourceReading {
  return {
    id,
    type: doc.type,
    deployment: doc.deployment ?? "",
    map: new Map(Object.entries(doc.map ?? {})),
    labels: new Map(Object.entries(doc.labels ?? {})),
    mapping: doc.mapping ? compileMapping(doc.mapping) : null,
  };
}

/** What a source type is told beside one delivery's body. */
export function contextOf(
  { id, deployment, map, labels, mapping }: SourceReading,
  {
    receivedAt,
    contentType,
    attributes,
  }: {
    readonly receivedAt: Instant;
    readonly contentType: string;
    readonly attributes: Readonly<Record<string, string>>;
  },
): SourceContext {
  return {
    source: id,
    receivedAt,
    contentType,
    attributes,
    deployment,
    map,
    labels,
    mapping,
  };
}

/** What a source type is told beside the body. */
export interface SourceContext {
  readonly source: string;
  readonly receivedAt: Instant;
  readonly contentType: string;
  /** The policy's `deployment:` of the source, or "". */
  readonly deployment: string;
  /** Renames sender deployment → policy deployment (`map:`). */
  readonly map: ReadonlyMap<string, string>;
  /** Which label carries which field (`labels:`), e.g. deployment → "app". */
  readonly labels: ReadonlyMap<string, string>;
  /** How a body of type mapped is read; null for the other types. */
  readonly mapping: Mapping | null;
  /**
   * What headers said beside the body, by their names in lower case: CloudEvents attributes, and
   * the event a mapping names.
   */
  readonly attributes: Readonly<Record<string, string>>;
}

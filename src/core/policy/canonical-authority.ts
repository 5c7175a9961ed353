import type { PersonId } from "../ids.ts";
import type { PolicyDoc } from "./schema/policy-schema.ts";

/** Authority as the log knows it: people as random ids, schedules by name. */

export type AuthorityDoc = PolicyDoc["deployments"][string]["authority"];

export const canonicalAuthority = (
  authority: AuthorityDoc,
  ref: (name: string) => string,
  idOf: (key: string) => PersonId,
) => ({
  acknowledge: authority.acknowledge.map(ref),
  restrict: {
    decider: ref(authority.restrict.decider),
    deputies: authority.restrict.deputies.map(ref),
    alsoMay: authority.restrict.alsoMay.map(ref),
  },
  widen: {
    decider: ref(authority.widen.decider),
    deputies: authority.widen.deputies.map(ref),
    confirm: { ...authority.widen.confirm, by: authority.widen.confirm.by.map(ref) },
  },
  breakGlass: authority.breakGlass.map(idOf),
});

export type ChangeDoc = NonNullable<PolicyDoc["triggers"][string]["authority"]>;

export const canonicalChange = (
  { acknowledge, restrict, widen, breakGlass }: ChangeDoc,
  ref: (name: string) => string,
  idOf: (key: string) => PersonId,
): ChangeDoc => ({
  ...(acknowledge && { acknowledge: acknowledge.map(ref) }),
  ...(restrict && { restrict: namedIn(restrict, ref) }),
  ...(widen && {
    widen: {
      ...namedIn(widen, ref),
      ...(widen.confirm && {
        confirm: { ...widen.confirm, ...(widen.confirm.by && { by: widen.confirm.by.map(ref) }) },
      }),
    },
  }),
  ...(breakGlass && { breakGlass: breakGlass.map(idOf) }),
});

const namedIn = <Part extends { decider?: string | undefined }>(
  part: Part & { deputies?: string[] | undefined; alsoMay?: string[] | undefined },
  ref: (name: string) => string,
) => ({
  ...(part.decider !== undefined && { decider: ref(part.decider) }),
  ...(part.deputies && { deputies: part.deputies.map(ref) }),
  ...(part.alsoMay && { alsoMay: part.alsoMay.map(ref) }),
});

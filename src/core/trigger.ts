/** What a condition says of a signal. `because` is a short English reason: the missing field, the error, or the comparison that held. */
export type Verdict =
  | { readonly is: "fired"; readonly because: string }
  | { readonly is: "quiet"; readonly because: string }
  | { readonly is: "indeterminate"; readonly because: string };

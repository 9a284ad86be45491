// Where check and another judge may differ, and why. A line that covers nothing fails the test: it is out of date.

/** One reason. */
export interface Allowed {
  /** Who refuses what the other takes. */
  readonly refuses: "check" | "other";
  /** For check: `code path: message` of each error. For the other: `change place what: its reason`. */
  readonly match: RegExp;
  readonly reason: string;
  /** It may cover nothing: what it waits for comes step by step. */
  readonly pending?: true;
}

/** While the deep check is built, step by step. */
const PENDING: readonly Allowed[] = [
  { refuses: "check", match: /^/, reason: "a rule of check that nobody has weighed here yet", pending: true },
  { refuses: "other", match: /^/, reason: "check does not look into params in depth yet", pending: true },
];

/** Against the types of the SDK. */
export const TYPES: readonly Allowed[] = [
  { refuses: "check", match: /^params\/speed /, reason: "the types are those of single requests: no batch has speed" },
  { refuses: "check", match: /^params\/max-tokens /, reason: "the types know no ranges: 1 or more, and whole" },
  { refuses: "check", match: /^params\/required .* is empty$/, reason: "the types know no lengths: at least one" },
  ...PENDING,
];

/** Against the model of the API. */
export const EMULATOR: readonly Allowed[] = PENDING;

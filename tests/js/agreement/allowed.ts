// Where check and another judge may differ, and why. A line that covers nothing fails the test: it is out of date.

/** One reason. */
export interface Allowed {
  /** Who refuses what the other takes. */
  readonly refuses: "check" | "other";
  /** For check: `code path: message` of each error. For the other: `seed: change place what: its reason`. */
  readonly match: RegExp;
  readonly reason: string;
}

const check = (match: RegExp, reason: string): Allowed => ({ refuses: "check", match, reason });
const other = (match: RegExp, reason: string): Allowed => ({ refuses: "other", match, reason });

/** What check is right to leave to the API, or what it does not look into. */
const LENIENT: readonly Allowed[] = [
  other(
    /\/content\/\d+\/content\/error_code\b/,
    "codes in echoes of server tools are the API's own and grow: check leaves them open",
  ),
];

/** Against the types of the SDK. */
export const TYPES: readonly Allowed[] = [
  ...LENIENT,
  other(/^sampling by /, "sampling exists under 2023-06-01; the types are those of 2026-10-21"),
  check(/^params\/unknown-key \/params\/betas:/, "the beta surface of the SDK makes a header of it"),
  check(/^beta\/required /, "the beta surface has the parameters of all betas: it knows no headers"),
  check(/^params\/speed /, "the types are those of single requests: no batch has speed"),
  check(/^params\/max-tokens /, "the types know no ranges: 1 or more, whole, and what the model allows"),
  check(/^params\/required .* is empty/, "the types know no lengths: at least one message, a model"),
  check(/^params\/(length|pattern) /, "the types know no lengths and no patterns of strings and lists"),
  check(/^params\/range /, "the types know no ranges of numbers"),
  check(/^params\/type .*a whole number belongs here, this is \d*\.\d/, "the types know no whole numbers"),
  check(/^params\/type .*\/(input|properties): an object/, "the types leave free-form JSON open: it is an object"),
  check(/^params\/not-accepted /, "the types know no models and only one version of the API"),
  check(/^media\//, "the types do not look into data"),
  check(/^messages\//, "the types know no order of turns, no roles of blocks, no answers to tools"),
  check(/^tools\//, "the types know no relation between tools, their names and the choice among them"),
  check(/^cache\//, "the types count no breakpoints and know no order of them"),
  check(/^thinking\//, "the types know no models"),
  check(/^schema\//, "the types know nothing of the subset of JSON Schema"),
];

/** Against the model of the API. */
export const EMULATOR: readonly Allowed[] = [
  ...LENIENT,
  other(/: model: /, "an unknown model is a warning in check: new ones come, the API decides"),
  other(/: inference_geo: /, "an unknown geography is a warning in check: new ones may come"),
  other(/non-empty content/, "the documentation says nothing of empty lists of blocks: check does not refuse them"),
  other(/unexpected `tool_use_id`/, "check asks for the answer to every call, not for the call to every answer"),
  other(/`tool_use` ids must be unique/, "the documentation says nothing of two calls with one id: check warns"),
];

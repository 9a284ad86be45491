// Faults by name, as they are switched from JavaScript. What they do is in src/emulator/fault.rs.

/** The six calls. */
export type EndpointName = "create" | "retrieve" | "list" | "cancel" | "delete" | "results";

/** Which calls a fault strikes: a share of them, exactly these (the first is 1), all, or none. */
export type Strikes = number | readonly number[] | boolean;

/** The same beside a fault's numbers. Neither: every call. */
export interface When {
  /** A share of the calls, 0 to 1, by the seed. */
  rate?: number;
  /** Exactly these calls of the endpoint, the first being 1. */
  calls?: readonly number[];
}

/** Whether a fault comes before the call had its effect (the default), or after it. */
export interface BeforeOrAfter {
  when?: "before" | "after";
}

/** How a body ends that is cut: as if it were whole (the default), with a lost connection, or not for `ms`. */
export interface Cut extends When {
  ending?: "clean" | "reset" | "stall";
  ms?: number;
}

/** An answer that is not the API's own. */
export interface StatusFault extends When, BeforeOrAfter {
  /** 200 to 599. */
  code: number;
  /** In virtual time, as `retry-after-ms`, as seconds, or as an HTTP date so many seconds ahead. */
  retryAfter?: { ms: number } | { seconds: number } | { date: number };
  /** The header `x-should-retry`. */
  shouldRetry?: boolean;
  /** A gateway's page in place of the error object; the default for 502. */
  html?: boolean;
  /** `error.details.error_code`, such as `enforced_spend_limit_reached`. */
  errorCode?: string;
  message?: string;
}

/** What can go wrong at an endpoint. Times are virtual milliseconds. */
export interface FaultSettings {
  /** Another status than the API would give; several rules make a list. */
  status?: StatusFault | readonly StatusFault[];
  /** The connection is lost and no answer comes. */
  reset?: Strikes | (When & BeforeOrAfter) | readonly (When & BeforeOrAfter)[];
  /** Silence for `ms` (default 600,000), then the connection is lost. */
  stall?: Strikes | (When & BeforeOrAfter & { ms?: number });
  /** The answer comes `ms` (default 1,000) late. */
  slow?: Strikes | (When & { ms?: number });
  /** A 200 with an HTML page. */
  html?: Strikes | (When & BeforeOrAfter);
  /** A small reply ends in the middle. */
  cutReply?: Strikes | Cut;
  /** A results body ends early, between two lines. */
  cutAtLine?: Strikes | Cut;
  /** A results body ends early, within a line. */
  cutMidLine?: Strikes | Cut;
  /** A body comes in pieces of `bytes` (default 64), one every `everyMs` (default 100). */
  slowBody?: Strikes | (When & { bytes?: number; everyMs?: number });
  /** Empty lines between the rows. */
  blankLines?: Strikes | When;
  /** Lines that end in CR LF. */
  crlf?: Strikes | When;
  /** So many rows (default 1) become something that is no JSON. */
  badLine?: Strikes | (When & { lines?: number });
  /** So many rows come twice. */
  duplicateId?: Strikes | (When & { lines?: number });
  /** So many rows come for ids that nobody sent. */
  unknownId?: Strikes | (When & { lines?: number });
  /** So many rows do not come. */
  missingId?: Strikes | (When & { lines?: number });
  /** So many rows have a result type that nobody knows yet. */
  unknownType?: Strikes | (When & { lines?: number });
  /** One row has more than `bytes` (default 1 MiB). */
  hugeLine?: Strikes | (When & { bytes?: number });
  /** A create takes effect `ms` (default 5,000) later, and its reply is lost. */
  lateCommit?: Strikes | (When & { ms?: number });
  /** A created batch is missing from the list for `ms` (default 5,000). */
  listLag?: Strikes | (When & { ms?: number });
  /** A created batch is answered 404 for `ms` (default 5,000). */
  notFoundAfterCreate?: Strikes | (When & { ms?: number });
}

/** The switches. They can be turned between any two calls. */
export interface EmulatorFaults {
  /** The faults of one endpoint, or with `"*"` those of every endpoint, give way to these. */
  set(endpoint: EndpointName | "*", faults: FaultSettings): void;
  /** No faults at an endpoint any more; without one, nowhere. */
  clear(endpoint?: EndpointName | "*"): void;
}

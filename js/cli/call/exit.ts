// How the command ends: one clear line, and a number that a script can tell apart.
import { BatchwiseError } from "batchwise";

/** Exit codes; part of the public surface. */
export const Exit = {
  ok: 0,
  /** A wrong call, or a file that cannot be used. */
  usage: 1,
  /** Rows or requests have problems. */
  invalid: 2,
  /** Finished, and some requests failed. */
  someFailed: 3,
  /** The cost is above what was allowed. */
  spend: 4,
  /** No key, or one that was refused. */
  auth: 5,
  /** The API or the way to it. */
  network: 6,
  /** Stopped by the user; paid work goes on. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof Exit)[keyof typeof Exit];

/** Ends the command with a line of its own. */
export class CommandError extends Error {
  readonly exit: ExitCode;

  constructor(exit: ExitCode, message: string) {
    super(message);
    this.exit = exit;
  }
}

/** A wrong call. */
export function usage(message: string): CommandError {
  return new CommandError(Exit.usage, message);
}

const BY_FAMILY: Readonly<Record<string, ExitCode>> = {
  abort: Exit.interrupted,
  auth: Exit.auth,
  data: Exit.invalid,
  misuse: Exit.usage,
  spend: Exit.spend,
  store: Exit.usage,
  template: Exit.invalid,
};

/** The exit code and the line for whatever was thrown. */
export function explain(error: unknown): { exit: ExitCode; line: string } {
  // A store's or a sink's failure has its reason inside.
  const cause = error instanceof Error ? error.cause : undefined;
  if (error instanceof CommandError) return { exit: error.exit, line: error.message };
  if (cause instanceof CommandError) return { exit: cause.exit, line: cause.message };
  if (error instanceof BatchwiseError) {
    const family = error.code.split("/")[0] ?? "";
    return { exit: BY_FAMILY[family] ?? Exit.network, line: `${error.message} [${error.code}]${advice(error)}` };
  }
  return { exit: Exit.usage, line: error instanceof Error ? error.message : String(error) };
}

function advice(error: BatchwiseError): string {
  switch (error.code) {
    case "auth/invalid":
      return ": check the key in ANTHROPIC_API_KEY, or name another with --key-file";
    case "net/connection":
      return ": check the network and ANTHROPIC_BASE_URL";
    default:
      return "";
  }
}

// What a person sees, all of it on stderr: stdout belongs to data.
import { createLogUpdate } from "log-update";
import { environment } from "../call/env.js";

/** A place for lines that stay and, on a terminal, lines that are drawn again. */
export interface Screen {
  /** Whether lines can be drawn again. */
  readonly live: boolean;
  /** A line that stays. */
  say(line: string): void;
  /** The lines below all others, in place of the ones drawn before. Does nothing without a terminal. */
  draw(lines: readonly string[]): void;
  /** Removes what was drawn; no question stands there any longer. */
  clear(): void;
  /** Leaves the last line to a question: what is said meanwhile comes after it. */
  whileAsking<T>(ask: () => Promise<T>): Promise<T>;
}

/** stderr as it is: drawn on a terminal, plain lines elsewhere and under CI, nothing where `quiet`. */
export function openScreen(quiet: boolean): Screen {
  const stream = process.stderr;
  const live = !quiet && stream.isTTY && environment("TERM") !== "dumb" && !environment("CI");
  const area = live ? createLogUpdate(stream) : null;
  let later: string[] | null = null;
  const say = (line: string): void => {
    if (quiet) return;
    if (later) return void later.push(line);
    area?.clear();
    stream.write(`${line}\n`);
  };
  const clear = (): void => {
    const lines = later ?? [];
    later = null;
    area?.clear();
    for (const line of lines) say(line);
  };
  return {
    live,
    say,
    draw(lines) {
      if (!later) area?.(lines.join("\n"));
    },
    clear,
    async whileAsking(ask) {
      clear();
      later = [];
      try {
        return await ask();
      } finally {
        clear();
      }
    },
  };
}

const colours = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** `text` in a colour, where stderr is a terminal that wants it. */
export function paint(colour: keyof typeof colours, text: string): string {
  const wanted = process.stderr.isTTY && !environment("NO_COLOR") && environment("TERM") !== "dumb";
  const [on, off] = colours[colour];
  return wanted ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}

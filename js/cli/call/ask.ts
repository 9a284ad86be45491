// Questions to whoever sits in front of the terminal.
import { createInterface } from "node:readline";
import { usage } from "./exit.js";

/** Options that decide whether anybody is asked. */
export interface AskOptions {
  yes?: boolean;
  input?: boolean;
}

/** Asks, unless the answer was given beforehand. Where nobody can be asked the command ends. */
export async function agreed({ yes, input }: AskOptions, question: string): Promise<boolean> {
  if (yes) return true;
  if (input === false || !process.stdin.isTTY || !process.stderr.isTTY) {
    throw usage(`nobody can be asked here ("${question}"): add --yes to agree`);
  }
  return /^y(es)?$/i.test((await answerTo(`${question} [y/N] `)).trim());
}

/** What is typed. An input that ends says nothing; Ctrl-C does what it does elsewhere, and there is no answer. */
function answerTo(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((resolve) => {
    let isStopped = false;
    terminal.on("SIGINT", () => {
      isStopped = true;
      terminal.close();
      process.stderr.write("\n");
      process.kill(process.pid, "SIGINT");
    });
    terminal.on("close", () => isStopped || resolve(""));
    terminal.question(question, (answer) => {
      resolve(answer);
      terminal.close();
    });
  });
}

/** As `agreed`, where a no ends the command, too. */
export async function mustAgree(options: AskOptions, question: string): Promise<void> {
  if (!(await agreed(options, question))) throw usage("nothing was done");
}

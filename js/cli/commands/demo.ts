// batchwise demo: the page with the API's model in it. No key, no cost, nothing leaves this machine.
import type { Command } from "commander";
import { whole } from "../call/numbers.js";
import { origins } from "../page/connect.js";
import { hold } from "../page/hold.js";

export function defineDemo(program: Command): void {
  program
    .command("demo")
    .description("open the page in demo mode: no key, no cost, nothing leaves this machine")
    .option("--port <n>", "0 takes a free one", whole, 0)
    .option("--no-open", "print the address and open nothing")
    .option("--connect <origin>", "let the page call this origin too: a relay of your own", origins)
    .action(({ port, open, connect = [] }: { port: number; open: boolean; connect?: string[] }) =>
      hold({ port, open, connect, words: "demo: made-up answers, nothing is billed", fragment: "" }),
    );
}

// What helps: the help of every command, prices, models, the doctor, completion.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PRICES } from "batchwise";
import { batchwise, inFolder } from "../command.js";
import { assert, test } from "../harness.js";

const COMMANDS =
  "demo ui run check estimate build submit ls status watch resume results retry diff cancel rm adopt emulate models prices doctor completion".split(
    " ",
  );
const TABLE = `id,text\n${Array.from({ length: 50 }, (_, n) => `r${n},${"word ".repeat(n + 1)}`).join("\n")}\n`;
const ASK = ["-p", "Say {{text}}", "-m", "claude-haiku-4-5", "--max-tokens", "8"];
/** An answer that fits both questions of the doctor's. */
const LISTS = JSON.stringify({ data: [], has_more: false, first_id: null, last_id: null });
/** Where the sources lie, seen from the folder of the bundled suites. */
const SNAPSHOT = new URL("../../tests/js/node/cli-help.txt", import.meta.url);

test("the help of every command is as it was agreed on", async () => {
  const pages = [(await batchwise(["--help"])).stdout];
  for (const command of COMMANDS) {
    const { code, stdout } = await batchwise([command, "--help"]);
    assert.equal(code, 0, command);
    pages.push(stdout);
  }
  const found = pages.join(`${"-".repeat(80)}\n`);
  if (process.env["BATCHWISE_BLESS"]) writeFileSync(SNAPSHOT, found);
  assert.equal(found, readFileSync(SNAPSHOT, "utf8"), "BATCHWISE_BLESS=1 writes it anew");
  for (const command of COMMANDS) assert.match(pages[0] ?? "", new RegExp(`^  ${command} `, "m"));
});

test("prices are dated, and those of a file outrank the table in estimates and limits", () =>
  inFolder({ "sms.csv": TABLE }, async (cwd) => {
    const listed = JSON.parse((await batchwise(["prices", "--json"], { cwd })).stdout);
    assert.deepEqual(listed, JSON.parse(JSON.stringify(PRICES)));
    assert.match((await batchwise(["prices"], { cwd })).stdout, /claude-haiku-4-5 +\$0\.5 +\$2\.5 .*2026-\d\d-\d\d/);

    const estimate = async (...args: string[]) =>
      JSON.parse((await batchwise(["estimate", "sms.csv", ...ASK, ...args, "--json"], { cwd })).stdout);
    const usual = await estimate();
    const [haiku] = PRICES.filter(({ models }) => models.includes("claude-haiku-4-5"));
    const own = [{ ...haiku, input: 5, output: 25, asOf: "2026-11-20" }];
    mkdirSync(join(cwd, ".batchwise"));
    writeFileSync(join(cwd, ".batchwise/prices.json"), JSON.stringify(own));
    const dear = await estimate();
    assert.approximately(dear.total.ceiling, 10 * usual.total.ceiling, 1e-6);
    assert.equal(dear.pricesAsOf, "2026-11-20");
    const capped = await batchwise(
      ["run", "sms.csv", ...ASK, "--yes", "--speed", "600", "--max-cost", String(2 * usual.total.ceiling)],
      { cwd },
    );
    assert.equal(capped.code, 4, capped.stderr);
    writeFileSync(join(cwd, "odd.json"), '[{"models":["m"],"input":"x"}]');
    const odd = await batchwise(["estimate", "sms.csv", ...ASK, "--prices", "odd.json"], { cwd });
    assert.equal(odd.code, 1);
    assert.match(odd.stderr, /odd\.json: the price of m: input must be USD for a million tokens/);
  }));

test("a sample that the API counts narrows the estimate of the input around what is billed", () =>
  inFolder({ "sms.csv": TABLE }, async (cwd) => {
    const json = async (...args: string[]) => JSON.parse((await batchwise(args, { cwd })).stdout);
    const rough = await json("estimate", "sms.csv", ...ASK, "--json");
    const fine = await json("estimate", "sms.csv", ...ASK, "--sample", "20", "--json");
    const width = ({ input }: { input: { low: number; high: number } }): number => input.high - input.low;
    assert.isBelow(width(fine), width(rough));
    assert.match(
      fine.basis,
      /^input counted by the API on 20 of 50 requests, ± \d+ %; the ceiling takes every byte for a token/,
    );
    const report = await json("run", "sms.csv", ...ASK, "--yes", "--speed", "600", "--json", "-o", "out.csv");
    const [model] = fine.models;
    assert.isAtLeast(report.usage.input_tokens, model.inputTokens.low);
    assert.isAtMost(report.usage.input_tokens, model.inputTokens.high);
    assert.isAtMost(report.cost, fine.total.ceiling);
  }));

test("models lists what the API offers with its prices", async () => {
  const shown = await batchwise(["models"]);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /^claude-haiku-5-5 +active +batches +1,000,000 +128,000 +\$0\.05 in, \$0\.25 out$/m);
  const list = JSON.parse((await batchwise(["models", "--json"])).stdout);
  assert.include(
    list.map(({ id }: { id: string }) => id),
    "claude-opus-5-5",
  );
});

test("the doctor finds what a run would end by, with its exit code", () =>
  inFolder({}, async (cwd) => {
    const well = await batchwise(["doctor"], { cwd });
    assert.equal(well.code, 0, well.stdout + well.stderr);
    for (const name of ["runtime", "key", "api", "batches", "disk"])
      assert.match(well.stdout, new RegExp(`^${name} +ok `, "m"));
    assert.isFalse(existsSync(join(cwd, ".batchwise/runs/.doctor")));
    const keyless = await batchwise(["doctor"], { cwd, env: { ANTHROPIC_API_KEY: undefined } });
    assert.equal(keyless.code, 5);
    const wrong = await batchwise(["doctor", "--json"], { cwd, env: { ANTHROPIC_API_KEY: "sk-ant-invalid" } });
    assert.equal(wrong.code, 5);
    assert.isFalse(JSON.parse(wrong.stdout).find(({ name }: { name: string }) => name === "key").ok);
    const offline = await batchwise(["doctor"], { cwd, env: { ANTHROPIC_BASE_URL: "http://127.0.0.1:9" } });
    assert.equal(offline.code, 6, offline.stdout);
  }));

test("the doctor tells of a clock that is far from the API's, and ends no run over it", () =>
  inFolder({}, async (cwd) => {
    const says = async (ms: number) => {
      const date = new Date(Date.now() + ms).toUTCString();
      const api = createServer((_, response) => response.writeHead(200, { date }).end(LISTS));
      await new Promise<void>((ready) => api.listen(0, "127.0.0.1", ready));
      const { port } = api.address() as AddressInfo;
      const { stdout, code } = await batchwise(["doctor"], {
        cwd,
        env: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` },
      });
      api.close();
      assert.equal(code, 0, stdout);
      return /^clock .*$/m.exec(stdout)?.[0];
    };
    assert.equal(await says(0), "clock     ok   as the API's");
    assert.match((await says(-90_500)) ?? "", /^clock +ok +1 m \d+ s ahead of the API's$/);
    assert.match((await says(3_600_500)) ?? "", /^clock +no +(59 m \d+ s|1 h 0 m) behind the API's$/);
  }));

test("completion offers commands, options and runs, and the shells that are here take it", () =>
  inFolder({ "sms.csv": "text\nx\n" }, async (cwd) => {
    const sent = await batchwise(["submit", "sms.csv", ...ASK, "--yes", "--speed", "600"], { cwd });
    const run = sent.stdout.trim();
    for (const shell of ["bash", "zsh", "fish"]) {
      const { stdout, code } = await batchwise(["completion", shell]);
      assert.equal(code, 0, shell);
      for (const word of [...COMMANDS, "max-tokens"]) assert.include(stdout, word, shell);
      writeFileSync(join(cwd, `completion.${shell}`), stdout);
      const checked = spawnSync(shell, ["-n", join(cwd, `completion.${shell}`)], { encoding: "utf8" });
      // A shell that is not installed has nothing to say about it.
      if (!checked.error) assert.equal(checked.status, 0, checked.stderr);
    }
    const ask = (line: string): string => {
      const words = line.split(" ");
      const script = `batchwise() { echo "${run}  x"; }; source completion.bash; COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _batchwise; echo "\${COMPREPLY[@]}"`;
      return spawnSync("bash", ["-c", script], { cwd, encoding: "utf8" }).stdout.trim();
    };
    assert.equal(ask("batchwise est"), "estimate");
    assert.equal(ask("batchwise run --max-t"), "--max-tokens");
    assert.equal(ask(`batchwise resume ${run.slice(0, 3)}`), run);
    const odd = await batchwise(["completion", "tcsh"]);
    assert.equal(odd.code, 1);
    assert.match(odd.stderr, /Allowed choices are bash, zsh, fish/);
  }));

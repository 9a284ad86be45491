// Where the key comes from, what is said of it, and what --verbose says besides.
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { batchwise, type CallOptions, inFolder } from "../command.js";
import { assert, test } from "../harness.js";
import { CANARY } from "../server.js";

const KEYLESS = { ANTHROPIC_API_KEY: undefined };
const SEND = [
  "run",
  "sms.csv",
  "-p",
  "{{text}}",
  "-m",
  "claude-haiku-4-5",
  "--max-tokens",
  "8",
  "--yes",
  "--speed",
  "600",
];

interface Profile {
  readonly config?: object;
  readonly credentials?: object | string;
}

/** Writes a profile as `ant auth login` does. */
function writeProfile(folder: string, name: string, { config, credentials }: Profile): void {
  for (const part of ["configs", "credentials"]) mkdirSync(join(folder, part), { recursive: true });
  const whole = { version: "1.0", authentication: { type: "user_oauth" }, ...config };
  writeFileSync(join(folder, "configs", `${name}.json`), JSON.stringify(whole));
  if (credentials === undefined) return;
  const text = typeof credentials === "string" ? credentials : JSON.stringify(credentials);
  writeFileSync(join(folder, "credentials", `${name}.json`), text);
}

const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

test("the profile of ant is the last place of the key, by its name, as the active one, or as the default", () =>
  inFolder({ "sms.csv": "text\nhello\n" }, async (cwd) => {
    const home = join(cwd, "home");
    const folder = join(home, ".config/anthropic");
    const good = { type: "oauth_token", access_token: "sk-ant-oat01-mine", expires_at: inSeconds(3600) };
    writeProfile(folder, "default", { credentials: good });
    writeProfile(folder, "work", { credentials: good });
    const key = async (env: CallOptions["env"]): Promise<string> =>
      /^key .*$/m.exec((await batchwise(["doctor"], { cwd, env: { ...KEYLESS, ...env } })).stdout)?.[0] ?? "";
    assert.match(await key({ HOME: home }), /^key +ok +of the ant profile default, accepted$/);
    assert.match(await key({ HOME: home, ANTHROPIC_PROFILE: "work" }), /of the ant profile work, accepted$/);
    writeFileSync(join(folder, "active_config"), "work\n");
    assert.match(await key({ ANTHROPIC_CONFIG_DIR: folder }), /of the ant profile work, accepted$/);
    assert.match(await key({ HOME: home, ANTHROPIC_AUTH_TOKEN: "t" }), /of ANTHROPIC_AUTH_TOKEN, accepted$/);
    assert.match(await key({ HOME: home, ANTHROPIC_API_KEY: "k" }), /of ANTHROPIC_API_KEY, accepted$/);
    const ran = await batchwise([...SEND, "-o", "out.csv"], { cwd, env: { ...KEYLESS, HOME: home } });
    assert.equal(ran.code, 0, ran.stderr);
    assert.notInclude(ran.stdout + ran.stderr, "sk-ant-oat01-mine");
  }));

test("a profile that is over, elsewhere, empty or missing says so, and nothing is sent", () =>
  inFolder({ "sms.csv": "text\nhello\n" }, async (cwd) => {
    const folder = join(cwd, "ant");
    writeProfile(folder, "over", { credentials: { access_token: "t", expires_at: inSeconds(-5) } });
    writeProfile(folder, "elsewhere", {
      config: { base_url: "https://other.test" },
      credentials: { access_token: "t" },
    });
    writeProfile(folder, "empty", {});
    writeProfile(folder, "broken", { credentials: "{" });
    const cases: [string, RegExp][] = [
      ["over", /the token of the ant profile over is over: ant auth login --profile over/],
      ["elsewhere", /the ant profile elsewhere is for https:\/\/other\.test, and this would ask http/],
      ["empty", /the ant profile empty holds no token: ant auth login --profile empty/],
      ["broken", /the ant profile broken holds no token/],
      ["none", /there is no ant profile none in /],
      ["../up", /"\.\.\/up" is no name of an ant profile/],
    ];
    for (const [name, says] of cases) {
      const env = { ...KEYLESS, ANTHROPIC_CONFIG_DIR: folder, ANTHROPIC_PROFILE: name };
      const ended = await batchwise(SEND, { cwd, env });
      assert.equal(ended.code, 5, name);
      assert.match(ended.stderr, says);
      assert.match(ended.stderr, /set ANTHROPIC_API_KEY, or name a file with --key-file/);
      const checked = await batchwise(["check", "sms.csv", ...SEND.slice(2, 8)], { cwd, env });
      assert.equal(checked.code, 0, checked.stderr);
    }
  }));

test("a token of a login is sent with the beta that it needs, on every way to the API", () =>
  inFolder({}, async (cwd) => {
    writeProfile(join(cwd, "ant"), "default", { credentials: { access_token: "t" } });
    const heard = new Set<string>();
    const api = createServer((request, answer) => {
      const { authorization, "x-api-key": key, "anthropic-beta": beta } = request.headers;
      heard.add(`${request.url?.split("?")[0]} ${authorization} ${key} ${beta}`);
      answer.setHeader("content-type", "application/json");
      answer.end(JSON.stringify({ data: [], has_more: false, first_id: null, last_id: null }));
    });
    await new Promise<void>((done) => api.listen(0, "127.0.0.1", done));
    const { port } = api.address() as AddressInfo;
    const env = { ...KEYLESS, ANTHROPIC_CONFIG_DIR: join(cwd, "ant"), ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}` };
    await batchwise(["doctor"], { cwd, env });
    api.close();
    const said = "Bearer t undefined oauth-2025-04-20";
    assert.sameMembers([...heard], [`/v1/models ${said}`, `/v1/messages/batches ${said}`]);
  }));

test("--verbose says every call and what stands behind an error, and not the key", () =>
  inFolder({ "sms.csv": "text\nhello\n" }, async (cwd) => {
    const told = await batchwise([...SEND, "--verbose", "-o", "out.csv"], { cwd });
    assert.equal(told.code, 0, told.stderr);
    assert.match(told.stderr, /^trace {5}POST \/v1\/messages\/batches {2}200 {2}\d+ ms {2}req_\w+$/m);
    assert.match(told.stderr, /^trace {5}GET \/v1\/messages\/batches\/msgbatch_\w+\/results {2}200/m);
    assert.match(told.stderr, /^trace {5}\{"type":"created"/m);
    const quiet = await batchwise([...SEND, "--new", "-o", "out.csv"], { cwd });
    assert.notInclude(quiet.stderr, "trace");
    const offline = { ANTHROPIC_BASE_URL: "http://127.0.0.1:9" };
    const failed = await batchwise(["models", "--verbose"], { cwd, env: offline });
    assert.equal(failed.code, 6);
    assert.match(failed.stderr, /^trace {5}GET \/v1\/models\?limit=1000 {2}no answer/m);
    assert.match(failed.stderr, /ECONNREFUSED|fetch failed/);
    const both = await batchwise(["ls", "--verbose", "--quiet"], { cwd });
    assert.equal(both.code, 1);
    assert.notInclude(told.stderr + failed.stderr, CANARY);
  }));

test("--no-input and --verbose are taken wherever --json is", async () => {
  for (const command of ["check", "estimate", "ls", "status", "results", "diff", "models", "prices", "doctor", "rm"]) {
    const { stdout } = await batchwise([command, "--help"]);
    for (const option of ["--json", "--quiet", "--verbose", "--no-input"]) assert.include(stdout, option, command);
  }
});

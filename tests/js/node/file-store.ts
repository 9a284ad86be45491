// Folders as stores: what a kill, a full disk or another process does to them.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import fs from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { fileStore } from "batchwise";
import { assert, rejection, test } from "../harness.js";

const home = dirname(fileURLToPath(import.meta.url));
const folder = process.env["BATCHWISE_TEST_FOLDER"] ?? "";
/** The process number of nobody, and a machine that is not this one. */
const STRANGER = JSON.stringify({ pid: 1, machine: "another machine", nonce: "any" });

/** A script that has `store`, `fs` and `key` at hand, as a runtime's arguments. */
function script(runtime: "node" | "bun" | "deno", place: string, code: string): [string, string[]] {
  const path = `${folder}/${runtime}-${crypto.randomUUID()}.mjs`;
  const top = `import { fileStore } from ${JSON.stringify(import.meta.resolve("batchwise"))};
const fs = process.getBuiltinModule("node:fs");
const store = fileStore(${JSON.stringify(place)});\n`;
  fs.writeFileSync(path, top + code);
  if (runtime === "node") return [process.execPath, [path]];
  return [runtime, runtime === "deno" ? ["run", "--quiet", "--no-config", "-A", path] : [path]];
}

function start([command, args]: [string, string[]]): ChildProcess {
  return spawn(command, args, { cwd: home, stdio: ["ignore", "pipe", "inherit"] });
}

async function output([command, args]: [string, string[]]): Promise<string> {
  return (await promisify(execFile)(command, args, { cwd: home })).stdout;
}

/** Runs `work` while members of `object` are others. */
async function patched<T extends object>(object: T, members: Partial<T>, work: () => Promise<void>): Promise<void> {
  const before = Object.fromEntries(Object.keys(members).map((name) => [name, object[name as keyof T]]));
  Object.assign(object, members);
  try {
    await work();
  } finally {
    Object.assign(object, before);
  }
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: as the system says it`), { code });
}

test("a process that is killed while it holds the lock blocks nobody", async () => {
  const place = `${folder}/killed`;
  await fileStore(place).setItem("key", "before");
  const kill = `fs.renameSync = () => process.kill(process.pid, "SIGKILL");
await store.compareAndSwap("key", "before", "from the killed one");`;
  const child = start(script("node", place, kill));
  await new Promise((resolve) => child.on("exit", resolve));
  assert.equal(child.signalCode, "SIGKILL");
  assert.include(fs.readdirSync(place), "=key.lock");
  const began = performance.now();
  const store = fileStore(place);
  assert.equal(await store.getItem("key"), "before");
  assert.isTrue(await store.compareAndSwap("key", "before", "after"));
  assert.isBelow(performance.now() - began, 9_000, "it waited instead of seeing that the process is gone");
  assert.deepEqual(await store.getKeys(), ["key"]);
});

test("a lock of somebody who cannot be asked is waited for, then taken over", async () => {
  const place = `${folder}/stranger`;
  const store = fileStore(place);
  await store.setItem("key", "before");
  for (const holder of [STRANGER, "", "no JSON"]) {
    fs.writeFileSync(`${place}/=key.lock`, holder);
    const now = performance.now.bind(performance);
    const began = now();
    // A clock that runs twenty times as fast: ten seconds are half of one.
    await patched(
      performance,
      { now: () => now() * 20 },
      async () => void (await store.setItem("key", `after ${holder}`)),
    );
    assert.isAbove(now() - began, 500);
    assert.equal(await store.getItem("key"), `after ${holder}`);
    assert.deepEqual(fs.readdirSync(place), ["=key"]);
  }
});

test("a lock that changes hands is not taken from whoever holds it now", async () => {
  const place = `${folder}/hands`;
  const store = fileStore(place);
  await store.setItem("key", "before");
  const now = performance.now.bind(performance);
  let hands = 0;
  const change = (): void => {
    hands += 1;
    if (hands > 8) fs.rmSync(`${place}/=key.lock`, { force: true });
    else fs.writeFileSync(`${place}/=key.lock`, JSON.stringify({ pid: 1, machine: "another machine", nonce: hands }));
  };
  change();
  const changing = setInterval(change, 100);
  await patched(performance, { now: () => now() * 20 }, async () => {
    await store.setItem("key", "after");
  }).finally(() => clearInterval(changing));
  assert.equal(hands, 9);
});

test("a lock that somebody took while it was about to be taken over stays his", async () => {
  const place = `${folder}/evicted`;
  const lock = `${place}/=key.lock`;
  const store = fileStore(place);
  await store.setItem("key", "before");
  fs.writeFileSync(lock, STRANGER);
  const { open } = fs.promises;
  let found = "nobody came";
  const quicker = async (...args: Parameters<typeof open>): Promise<fs.promises.FileHandle> => {
    if (args[0] === `${lock}.evict` && found === "nobody came") {
      fs.writeFileSync(lock, "young");
      found = "gone";
      setTimeout(() => {
        found = fs.existsSync(lock) ? fs.readFileSync(lock, "utf8") : "gone";
        fs.rmSync(lock, { force: true });
      }, 200);
    }
    return open(...args);
  };
  const now = performance.now.bind(performance);
  await patched(performance, { now: () => now() * 20 }, () =>
    patched(fs.promises, { open: quicker as typeof open }, async () => void (await store.setItem("key", "after"))),
  );
  assert.equal(found, "young");
  assert.equal(await store.getItem("key"), "after");
});

test("a process that stands still while it holds the lock writes nothing, and begins anew a few times", async () => {
  const place = `${folder}/still`;
  const store = fileStore(place);
  const now = performance.now.bind(performance);
  const { readFile } = fs.promises;
  /** Swaps while so many looks at the value under the lock take longer than a lock may be held. */
  const held = async (times: number, work: () => Promise<void>): Promise<void> => {
    let reads = 0;
    let late = 0;
    const slow = async (...args: Parameters<typeof readFile>): Promise<string> => {
      // The first look at the value comes before the lock.
      if (String(args[0]).endsWith("=key") && ++reads > 1 && reads <= times + 1) late += 6_000;
      return String(await readFile(...args));
    };
    await patched(performance, { now: () => now() * 20 + late }, () =>
      patched(fs.promises, { readFile: slow as typeof readFile }, work),
    );
  };
  await store.setItem("key", "before");
  await held(99, async () => {
    const error = await rejection(async () => store.compareAndSwap("key", "before", "after"));
    assert.equal(error["code"], "store/failed");
    assert.include(error.message, "stood still");
  });
  assert.equal(await store.getItem("key"), "before");
  await held(1, async () => assert.isTrue(await store.compareAndSwap("key", "before", "after")));
  assert.equal(await store.getItem("key"), "after");
  assert.deepEqual(
    fs.readdirSync(place).filter((name) => name.endsWith(".draft")),
    [],
  );
});

test("processes of Node, Deno and Bun share a folder and lose no update", async () => {
  const place = `${folder}/shared`;
  const add = `for (let added = 0; added < 20; ) {
  const held = await store.getItem("count");
  if (await store.compareAndSwap("count", held, String(Number(held ?? 0) + 1))) added += 1;
}`;
  const runtimes = ["node", "deno", "bun", "node"] as const;
  await Promise.all(runtimes.map((runtime) => output(script(runtime, place, add))));
  assert.equal(await fileStore(place).getItem("count"), "80");
  assert.deepEqual(fs.readdirSync(place), ["=count"]);
});

test("of several processes that create one key, one wins", async () => {
  const place = `${folder}/race`;
  const create = `console.log(await store.compareAndSwap("key", null, String(process.pid)), process.pid);`;
  const runtimes = ["node", "bun", "node", "deno", "bun"] as const;
  const answers = await Promise.all(runtimes.map((runtime) => output(script(runtime, place, create))));
  const winners = answers.filter((answer) => answer.startsWith("true"));
  assert.lengthOf(winners, 1, answers.join(""));
  assert.equal(`true ${await fileStore(place).getItem("key")}\n`, winners[0]);
});

test("a process that is killed at any moment leaves a whole value", async () => {
  const place = `${folder}/kills`;
  const write = `console.log("begun");
for (let index = 0; ; index += 1) await store.setItem("key", "ab"[index % 2].repeat(60_000));`;
  for (let kill = 0; kill < 12; kill += 1) {
    const child = start(script("node", place, write));
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 60));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.on("exit", resolve));
    const value = await fileStore(place).getItem("key");
    assert.match(String(value), /^(a{60000}|b{60000}|null)$/);
  }
  await fileStore(place).setItem("key", "after all");
  assert.deepEqual(await fileStore(place).getKeys(), ["key"]);
});

test("a value is flushed before it takes its place, and its place before the write is done", async () => {
  const place = `${folder}/flushed`;
  const { open } = fs.promises;
  const { renameSync } = fs;
  const deeds: string[] = [];
  const watched = async (...args: Parameters<typeof open>): Promise<fs.promises.FileHandle> => {
    const handle = await open(...args);
    const what = String(args[0])
      .slice(folder.length)
      .replace(/\.[^/]*\.draft$/, ".draft");
    const { sync } = handle;
    handle.sync = async () => {
      deeds.push(`flush ${what}`);
      return sync.call(handle);
    };
    return handle;
  };
  const rename = (...args: Parameters<typeof renameSync>): void => {
    deeds.push("rename");
    renameSync(...args);
  };
  await patched(fs.promises, { open: watched as typeof open }, () =>
    patched(fs, { renameSync: rename }, async () => void (await fileStore(`${place}/deep`).setItem("key", "value"))),
  );
  assert.deepEqual(deeds, [
    "flush /flushed",
    "flush ",
    "flush /flushed/deep/=key.draft",
    "rename",
    "flush /flushed/deep",
  ]);
});

test("no key names a file outside of the folder, and what is not the store's is not listed", async () => {
  const place = `${folder}/outer/inner`;
  const store = fileStore(place);
  const keys = ["../outside", "/etc/passwd", "..", "a/../../../b", "C:\\x", "nul", "k".repeat(500)];
  for (const key of keys) await store.setItem(key, "value");
  fs.writeFileSync(`${place}/notes.txt`, "mine");
  fs.writeFileSync(`${place}/=Key`, "no name of ours");
  fs.mkdirSync(`${place}/folder`);
  assert.sameMembers([...(await store.getKeys())], keys);
  assert.deepEqual(fs.readdirSync(`${folder}/outer`), ["inner"]);
  assert.include(fs.readdirSync(place), "=%2e%2e%2foutside");
});

test("what a killed process left half written is swept up after a day", async () => {
  const place = `${folder}/swept`;
  const store = fileStore(place);
  await store.setItem("key", "value");
  const draft = (age: number): string => `=key.${(Date.now() - age).toString(36)}-${crypto.randomUUID()}.draft`;
  const [young, old] = [draft(3_600_000), draft(90_000_000)];
  for (const name of [young, old]) fs.writeFileSync(`${place}/${name}`, "half");
  assert.deepEqual(await store.getKeys(), ["key"]);
  assert.sameMembers(fs.readdirSync(place), ["=key", young]);
});

test("a folder that is a file, or lies under one, is told as what it is", async () => {
  fs.writeFileSync(`${folder}/file`, "a file");
  for (const place of [`${folder}/file`, `${folder}/file/below`]) {
    const store = fileStore(place);
    for (const work of [
      () => store.getItem("key"),
      () => store.setItem("key", "value"),
      () => store.getKeys(),
      () => store.compareAndSwap("key", null, "value"),
      () => store.removeItem("key"),
    ]) {
      const error = await rejection(async () => work());
      assert.equal(error["code"], "store/failed");
      assert.equal(error.message, `${place} is not a folder: choose another`);
      assert.instanceOf(error.cause, Error);
    }
  }
});

test("a full disk, a quota and a folder that may not be written to are told apart, and the value before stays", async () => {
  const place = `${folder}/refusing`;
  const store = fileStore(place);
  await store.setItem("key", "before");
  for (const [code, words] of [
    ["ENOSPC", /disk of .* is full: make room/],
    ["EDQUOT", /quota .* is used up/],
    ["EACCES", /may not be written to: give this process the right/],
    ["EROFS", /may not be written to/],
    ["EIO", /could not be written to \(Error: EIO/],
  ] as const) {
    const { open } = fs.promises;
    const refusing = async (...args: Parameters<typeof open>): Promise<fs.promises.FileHandle> => {
      if (args[1] === "r") return open(...args);
      const handle = await open(...args);
      handle.writeFile = () => Promise.reject(systemError(code));
      return handle;
    };
    await patched(fs.promises, { open: refusing as typeof open }, async () => {
      const error = await rejection(async () => store.setItem("key", "after"));
      assert.equal(error["code"], "store/failed");
      assert.match(error.message, words);
      assert.equal((error.cause as { code?: unknown }).code, code);
    });
    assert.equal(await store.getItem("key"), "before");
    assert.deepEqual(fs.readdirSync(place), ["=key"]);
  }
});

test("Deno without the permission is told so, and asks nobody", async () => {
  const code = `await store.setItem("key", "value").catch((error) => console.log(error.code, error.message));`;
  const [, args] = script("deno", `${folder}/forbidden`, code);
  const path = String(args.at(-1));
  const run = ["run", "--quiet", "--no-config", `--allow-read=${home}`, path];
  const { stdout } = await promisify(execFile)("deno", run, { cwd: home });
  assert.match(stdout, /^store\/failed the folder .*forbidden may not be written to: give this process the right to/);
});

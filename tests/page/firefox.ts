// Stock Firefox, driven through WebDriver BiDi: real clicks and keys on the page as it is served.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const { FIREFOX = "" } = process.env;

const PREFERENCES = {
  "browser.download.folderList": 2,
  "browser.download.useDownloadDir": true,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "services.settings.server": "data:,",
};

/** Keys that have no letter, as WebDriver writes them. */
export const KEYS = {
  Enter: "\uE007",
  ArrowDown: "\uE015",
  Tab: "\uE004",
  Escape: "\uE00C",
  Control: "\uE009",
} as const;

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { level?: string; text?: string; request?: { url: string } };
  readonly result?: Record<string, unknown>;
  readonly error?: string;
  readonly message?: string;
}

/** A browser with one tab. */
export class Firefox {
  /** What downloads are put in. */
  readonly downloads: string;
  /** Errors that the page told, and addresses that it asked. */
  readonly errors: string[] = [];
  readonly asked: string[] = [];
  readonly #process: ChildProcess;
  readonly #profile: string;
  #socket!: WebSocket;
  #tab = "";
  #last = 0;
  readonly #waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();

  private constructor(profile: string, isPrivate: boolean) {
    this.#profile = profile;
    this.downloads = join(profile, "downloads");
    mkdirSync(this.downloads);
    const own = { "browser.download.dir": this.downloads, "browser.privatebrowsing.autostart": isPrivate };
    const all = { ...PREFERENCES, ...own };
    const lines = Object.entries(all).map(([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`);
    writeFileSync(join(profile, "user.js"), lines.join("\n"));
    const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0", "about:blank"];
    this.#process = spawn(FIREFOX, args, {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, HOME: profile },
    });
  }

  /** Starts a browser that nobody has used; its windows may be private. */
  static async start(isPrivate = false): Promise<Firefox> {
    const browser = new Firefox(mkdtempSync(join(tmpdir(), "batchwise-firefox-")), isPrivate);
    const address = await browser.#address();
    const socket = new WebSocket(`${address}/session`);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("error", () => reject(new Error("Firefox takes no WebDriver session")));
    });
    browser.#socket = socket;
    socket.addEventListener("message", ({ data }) => browser.#hear(JSON.parse(String(data)) as Answer));
    await browser.#send("session.new", { capabilities: {} });
    await browser.#send("session.subscribe", { events: ["log.entryAdded", "network.beforeRequestSent"] });
    const { contexts } = (await browser.#send("browsingContext.getTree", {})) as { contexts: { context: string }[] };
    browser.#tab = contexts[0]?.context ?? "";
    return browser;
  }

  async goto(url: string): Promise<void> {
    await this.#send("browsingContext.navigate", { context: this.#tab, url, wait: "complete" });
  }

  async reload(): Promise<void> {
    await this.#send("browsingContext.reload", { context: this.#tab, wait: "complete" });
  }

  /** Runs an expression in the page and gives its value, which must be plain. A promise is waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = (await this.#send("script.evaluate", {
      expression: `(async () => JSON.stringify((await (${expression})) ?? null))()`,
      target: { context: this.#tab },
      awaitPromise: true,
    })) as { result?: { value?: string }; exceptionDetails?: { text: string } };
    if (answer.exceptionDetails) throw new Error(`${answer.exceptionDetails.text}\nin: ${expression}`);
    return JSON.parse(answer.result?.value ?? "null") as T;
  }

  /** Waits until the page shows a text. */
  async see(text: string, selector = "body"): Promise<void> {
    await this.#until(
      `[...document.querySelectorAll(${JSON.stringify(selector)})].some((one) => one.innerText.includes(${JSON.stringify(text)}))`,
      `"${text}" in ${selector}`,
    );
  }

  /** Clicks what is called so: a button, a link, a cell. */
  async click(selector: string, name: string): Promise<void> {
    const found = `[...document.querySelectorAll(${JSON.stringify(selector)})].find((one) => one.checkVisibility() && !one.disabled && (one.innerText || one.ariaLabel || "").trim().startsWith(${JSON.stringify(name)}))`;
    await this.#until(`${found} !== undefined`, `${selector} "${name}"`);
    const { x, y } = await this.evaluate<{ x: number; y: number }>(
      `(() => { const one = ${found}; one.scrollIntoView({ block: "center" }); const box = one.getBoundingClientRect(); return { x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) }; })()`,
    );
    const actions = [
      { type: "pointerMove", x, y },
      { type: "pointerDown", button: 0 },
      { type: "pointerUp", button: 0 },
    ];
    await this.#send("input.performActions", {
      context: this.#tab,
      actions: [{ type: "pointer", id: "mouse", actions }],
    });
  }

  /** Types into whatever has the focus. */
  async type(text: string): Promise<void> {
    const actions = [...text].flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await this.#send("input.performActions", { context: this.#tab, actions: [{ type: "key", id: "keys", actions }] });
  }

  /** Presses a letter with the control key. */
  async control(letter: string): Promise<void> {
    const actions = [
      { type: "keyDown", value: KEYS.Control },
      { type: "keyDown", value: letter },
      { type: "keyUp", value: letter },
      { type: "keyUp", value: KEYS.Control },
    ];
    await this.#send("input.performActions", { context: this.#tab, actions: [{ type: "key", id: "keys", actions }] });
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill();
    await gone;
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 3 });
  }

  /** Looks at every frame whether something holds. */
  async #until(condition: string, what: string): Promise<void> {
    const isSeen = await this.evaluate<boolean>(
      `new Promise((resolve) => { const end = performance.now() + 20000; const look = () => { if (${condition}) resolve(true); else if (performance.now() > end) resolve(false); else setTimeout(look, 50); }; look(); })`,
    );
    if (isSeen) return;
    const shown = await this.evaluate<string>("document.body.innerText.slice(0, 1500)");
    throw new Error(`Firefox never showed ${what}, but:\n${shown}`);
  }

  #address(): Promise<string> {
    return new Promise((resolve, reject) => {
      let said = "";
      this.#process.stderr?.on("data", (data: Buffer) => {
        said += data.toString();
        const address = /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1];
        if (address) resolve(address);
      });
      this.#process.once("error", reject);
      this.#process.once("exit", (code) => reject(new Error(`Firefox ended with code ${code}: ${said}`)));
    });
  }

  #send(method: string, params: object): Promise<Record<string, unknown>> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  #hear({ id, method, params, result, error, message }: Answer): void {
    if (method === "log.entryAdded" && params?.level === "error") this.errors.push(params.text ?? "");
    if (method === "network.beforeRequestSent") this.asked.push(params?.request?.url ?? "");
    const call = id === undefined ? undefined : this.#waiting.get(id);
    if (!call || id === undefined) return;
    this.#waiting.delete(id);
    if (error) call.reject(new Error(`${error}: ${message}`));
    else call.resolve((result ?? {}) as never);
  }
}

// The demo's API: the emulator in the page, its clock, its faults. It survives a reload; nothing leaves the page.
import { createEmulator, type Emulator, type EmulatorOptions, type FaultSettings } from "batchwise/emulator";
import type { DemoState } from "../state.js";
import type { WireReply, WireRequest } from "../worker/link.js";
import { answersFor } from "./answers.js";
import { DemoTabs } from "./tabs.js";

/** What the host needs of the page. */
export interface DemoHost {
  /** Tells the worker what the clock shows. */
  readonly tell: (now: number) => Promise<unknown>;
  /** Waits until the worker has done what it can. */
  readonly settle: () => Promise<unknown>;
  readonly keep: (state: string) => Promise<unknown>;
  readonly kept: () => Promise<string | undefined>;
  readonly show: (state: DemoState) => void;
}

/** Switches for what befalls the next create; the one that has is off again. */
const STRIKES = ["limited", "overloaded", "failing", "lostResponse"] as const;

type Strike = (typeof STRIKES)[number];

/** Somebody who waits for a time. */
interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** What is kept over a reload. */
interface Kept {
  readonly state: string;
  readonly shown: DemoState;
}

const TICK_MS = 250;
/** So much of the virtual time passes at once: whoever waits meanwhile gets a turn. */
const STEP_MS = 60_000;
const KEEP_AFTER_MS = 400;
const LOCK = "batchwise-demo";

/** The emulator, and what turns its switches. */
export class Demo {
  readonly #host: DemoHost;
  #emulator: Emulator;
  #shown: DemoState;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = performance.now();
  #isOwner = false;
  readonly #tabs: DemoTabs;
  #sleepers: Sleeper[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(host: DemoHost, kept: string | undefined, url: URLSearchParams) {
    const saved = kept === undefined ? null : (JSON.parse(kept) as Kept);
    const clock = url.get("clock");
    const speed = clock === null ? null : clock === "manual" ? 0 : Number(clock) || 1;
    const fresh: DemoState = {
      now: Date.now(),
      speed: 60,
      rates: { errored: 0, expired: 0, truncated: 0, refusal: 0 },
      invalidJson: 0,
      lostResponse: false,
      limited: false,
      overloaded: false,
      failing: false,
      isOff: false,
      schema: null,
      seed: Number(url.get("seed") ?? 7) || 7,
    };
    this.#host = host;
    this.#shown = { ...fresh, ...saved?.shown, ...(speed === null ? {} : { speed }) };
    this.#emulator = this.#made(saved?.state);
    this.#publish();
    this.#tabs = new DemoTabs({
      answer: (request) => this.#play(request),
      advance: (ms) => this.advance(ms),
      change: (change) => this.change(change),
      shown: () => this.#shown,
      show: (shown) => this.#follow(shown),
      pass: (now) => this.#pass(now),
    });
    setInterval(() => void this.#tick(), TICK_MS);
    void this.#own();
    addEventListener("pagehide", () => void this.#keep());
    void this.#show();
  }

  get shown(): DemoState {
    return this.#shown;
  }

  /** Resolves once some tab plays the API. */
  get owned(): Promise<void> {
    return this.#tabs.played;
  }

  /** Answers a call of the worker. */
  async answer(request: WireRequest): Promise<WireReply> {
    if (this.#shown.isOff) throw new Error("the demo's network is switched off");
    await this.#tabs.played;
    return this.#isOwner ? this.#play(request) : this.#tabs.answer(request);
  }

  /** Waits in the demo's time. */
  sleep(ms: number): Promise<void> {
    return new Promise((wake) => this.#sleepers.push({ until: this.#shown.now + ms, wake }));
  }

  /** Moves the time on, in steps that let everybody act. What has passed stays so, however soon the page is left. */
  async advance(ms: number): Promise<void> {
    await this.#tabs.played;
    if (!this.#isOwner) return this.#tabs.advance(ms);
    await this.#queue(ms);
    await this.#keep();
  }

  #queue(ms: number): Promise<void> {
    const work = this.#turn.then(() => this.#advance(ms));
    this.#turn = work.catch(() => undefined);
    return work;
  }

  /** Turns switches. */
  change(change: Partial<DemoState>): void {
    if (!this.#isOwner) {
      void this.#tabs.played.then(() => (this.#isOwner ? this.change(change) : this.#tabs.change(change)));
      return;
    }
    const made = ["rates", "invalidJson", "seed", "schema"] as const;
    const isOther = made.some((name) => name in change && change[name] !== this.#shown[name]);
    this.#shown = { ...this.#shown, ...change };
    if (isOther) {
      this.#emulator = this.#made(this.#emulator.state.export());
      this.#publish();
    }
    this.#turnFaults();
    void this.#show();
    this.#keepSoon();
  }

  async #advance(ms: number): Promise<void> {
    const { clock } = this.#emulator;
    const until = clock.now() + ms;
    // Whoever has just been called acts before time goes on.
    await this.#host.settle();
    while (clock.now() < until) {
      await advanceOf(this.#emulator)(Math.min(STEP_MS, until - clock.now()));
      await Promise.all([this.#pass(clock.now()), this.#tabs.pass(clock.now())]);
    }
    await this.#show();
    this.#keepSoon();
  }

  /** It is so late now: wakes whoever waited for that, and lets them act. */
  async #pass(now: number): Promise<void> {
    this.#shown = { ...this.#shown, now };
    await this.#host.tell(now);
    const due = this.#sleepers.filter(({ until }) => until <= now);
    this.#sleepers = this.#sleepers.filter(({ until }) => until > now);
    for (const { wake } of due) wake();
    await this.#host.settle();
  }

  /** Clock and switches are those of the tab that plays. */
  async #follow(shown: DemoState): Promise<void> {
    this.#shown = shown;
    this.#host.show(shown);
    await this.#pass(shown.now);
  }

  async #play({ method, url, headers, body }: WireRequest): Promise<WireReply> {
    const isCreate = method === "POST" && new URL(url).pathname.endsWith("/batches");
    const struck = isCreate ? this.#next() : undefined;
    try {
      const response = await this.#emulator.fetch(url, { method, headers, body });
      return { status: response.status, headers: [...response.headers], body: response.body };
    } finally {
      if (struck) this.change({ [struck]: false });
      // What was accepted is known by whoever takes over, however soon this tab is closed.
      if (method === "GET") this.#keepSoon();
      else await this.#keep();
    }
  }

  #made(state: string | undefined): Emulator {
    const { rates, invalidJson, seed, now, schema } = this.#shown;
    const options: EmulatorOptions = {
      seed,
      clock: "manual",
      startMs: now,
      rates: {
        apiError: rates.errored / 100,
        expired: rates.expired / 100,
        truncated: rates.truncated / 100,
        refusal: rates.refusal / 100,
      },
      answers: answersFor(schema, invalidJson),
      ...(state === undefined ? {} : { state }),
    };
    return createEmulator(options);
  }

  /** The emulator as tests and the curious find it. Its clock lets the worker act while time passes. */
  #publish(): void {
    const emulator = this.#emulator;
    const { advance } = emulator.clock;
    advances.set(emulator, advance);
    Object.assign(emulator.clock, { advance: (ms: number) => this.advance(ms) });
    Object.assign(globalThis, { batchwiseDemo: emulator });
    this.#turnFaults();
  }

  /** What is to go wrong with the next create: one thing at a time, each once. */
  #turnFaults(): void {
    const { faults } = this.#emulator;
    const calls = [this.#emulator.state.calls.create + 1];
    const next = this.#next();
    const settings: Readonly<Record<Strike, FaultSettings>> = {
      lostResponse: { reset: { calls, when: "after" } },
      limited: { status: { code: 429, calls, retryAfter: { seconds: 30 } } },
      overloaded: { status: { code: 529, calls } },
      failing: { status: { code: 500, calls } },
    };
    faults.set("create", next ? settings[next] : {});
  }

  #next(): Strike | undefined {
    return STRIKES.find((name) => this.#shown[name]);
  }

  /** Of several tabs one moves the demo on and keeps it; when that one goes, the next takes over where it was. */
  async #own(): Promise<void> {
    const hold = async (wasOthers: boolean): Promise<void> => {
      if (wasOthers) {
        const kept = await this.#host.kept();
        if (kept !== undefined) this.#emulator = this.#made((JSON.parse(kept) as Kept).state);
        this.#publish();
        // Those who followed know a later time than was kept.
        await advanceOf(this.#emulator)(Math.max(0, this.#shown.now - this.#emulator.clock.now()));
        this.#last = performance.now();
      }
      this.#isOwner = true;
      this.#tabs.play();
      await new Promise(() => undefined);
    };
    const isFree = await new Promise<boolean>((resolve) => {
      void navigator.locks.request(LOCK, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock ? hold(false) : undefined;
      });
    });
    if (!isFree) await navigator.locks.request(LOCK, () => hold(true));
  }

  async #tick(): Promise<void> {
    const now = performance.now();
    const passed = now - this.#last;
    this.#last = now;
    if (this.#isOwner && this.#shown.speed > 0) await this.#queue(Math.round(passed * this.#shown.speed));
  }

  async #show(): Promise<void> {
    const now = this.#emulator.clock.now();
    this.#shown = { ...this.#shown, now };
    this.#host.show(this.#shown);
    this.#tabs.show();
    await this.#host.tell(now);
  }

  #keepSoon(): void {
    this.#timer ??= setTimeout(() => void this.#keep(), KEEP_AFTER_MS);
  }

  async #keep(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#isOwner) return;
    const kept: Kept = { state: this.#emulator.state.export(), shown: this.#shown };
    await this.#host.keep(JSON.stringify(kept));
  }
}

/** How each emulator moves its own clock. */
const advances = new WeakMap<Emulator, (ms: number) => Promise<void>>();

function advanceOf(emulator: Emulator): (ms: number) => Promise<void> {
  return advances.get(emulator) ?? emulator.clock.advance;
}

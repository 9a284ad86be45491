// The demo's API: the emulator in the page, its clock, its faults. It survives a reload; nothing leaves the page.
import { createEmulator, type Emulator, type EmulatorOptions } from "batchwise/emulator";
import type { DemoState } from "../state.js";
import type { WireReply, WireRequest } from "../worker/link.js";

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

/** Answers that are labels, so that there is something to count. */
const ANSWERS = ["positive", "negative", "neutral", "positive", "negative"];
const JSON_ANSWERS = ['{"label":"pos"}', '{"label":"neg"}', '{"label":"neutral"}'];
const BROKEN_JSON = '{"label": "po';

/** The emulator, and what turns its switches. */
export class Demo {
  readonly #host: DemoHost;
  #emulator: Emulator;
  #shown: DemoState;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = performance.now();
  #isOwner = false;
  #nowOwned: () => void = () => undefined;
  /** Resolves once this tab is the one that moves the demo on. */
  readonly owned = new Promise<void>((resolve) => (this.#nowOwned = resolve));
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
      seed: Number(url.get("seed") ?? 7) || 7,
    };
    this.#host = host;
    this.#shown = { ...(saved?.shown ?? fresh), ...(speed === null ? {} : { speed }) };
    this.#emulator = this.#made(saved?.state);
    this.#publish();
    setInterval(() => void this.#tick(), TICK_MS);
    void this.#own();
    addEventListener("pagehide", () => void this.#keep());
    void this.#show();
  }

  get shown(): DemoState {
    return this.#shown;
  }

  /** Answers a call of the worker. */
  async answer({ method, url, headers, body }: WireRequest): Promise<WireReply> {
    const response = await this.#emulator.fetch(url, { method, headers, body });
    // What was accepted is known by whoever takes over, however soon this tab is closed.
    if (method === "GET") this.#keepSoon();
    else await this.#keep();
    return { status: response.status, headers: [...response.headers], body: response.body };
  }

  /** Waits in the emulator's time. */
  sleep(ms: number): Promise<void> {
    return this.#emulator.clock.sleep(ms);
  }

  /** Moves the time on, in steps that let everybody act. What has passed stays so, however soon the page is left. */
  async advance(ms: number): Promise<void> {
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
    this.#shown = { ...this.#shown, ...change };
    const isOther = "rates" in change || "invalidJson" in change || "seed" in change;
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
      await this.#host.tell(clock.now());
      await this.#host.settle();
    }
    await this.#show();
    this.#keepSoon();
  }

  #made(state: string | undefined): Emulator {
    const { rates, invalidJson, seed, now } = this.#shown;
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
      answers: answersWith(invalidJson),
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

  #turnFaults(): void {
    const { faults } = this.#emulator;
    const { lostResponse, limited } = this.#shown;
    faults.set("create", {
      ...(lostResponse ? { reset: { calls: [nextCall(this.#emulator)], when: "after" } } : {}),
      ...(limited ? { status: { code: 429, calls: [nextCall(this.#emulator)], retryAfter: { seconds: 30 } } } : {}),
    });
  }

  /** Of several tabs one moves the demo on and keeps it; when that one goes, the next takes over where it was. */
  async #own(): Promise<void> {
    const hold = async (wasOthers: boolean): Promise<void> => {
      if (wasOthers) {
        const kept = await this.#host.kept();
        if (kept !== undefined) this.#emulator = this.#made((JSON.parse(kept) as Kept).state);
        this.#publish();
      }
      this.#isOwner = true;
      this.#nowOwned();
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

/** The number of the next create, for a fault that strikes once. */
function nextCall(emulator: Emulator): number {
  return emulator.state.calls.create + 1;
}

/** A hundred answers, of which so many are broken JSON. */
function answersWith(invalidJson: number): string[] {
  if (invalidJson === 0) return ANSWERS;
  const broken = Math.round(invalidJson);
  return Array.from({ length: 100 }, (_, n) => (n < broken ? BROKEN_JSON : (JSON_ANSWERS[n % 3] as string)));
}

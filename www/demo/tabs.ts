// One tab plays the API for all that have the demo open: the others ask it over a channel and go by its clock.
import type { DemoState } from "../state.js";
import type { WireReply, WireRequest } from "../worker/link.js";

const NAME = "batchwise-demo";
/** A tab that does not say so soon that it is ready is not waited for again before it speaks. */
const PATIENCE_MS = 2_000;

/** An answer whose body has come as a whole: a channel carries no streams. */
interface WholeReply extends Omit<WireReply, "body"> {
  readonly body: ArrayBuffer | null;
}

type Word =
  | { readonly kind: "hello"; readonly from: string }
  | { readonly kind: "here"; readonly from: string; readonly shown: DemoState }
  | { readonly kind: "bye"; readonly from: string }
  | { readonly kind: "time"; readonly now: number; readonly step: number }
  | { readonly kind: "settled"; readonly step: number; readonly from: string }
  | { readonly kind: "change"; readonly change: Partial<DemoState> }
  | { readonly kind: "advance"; readonly id: string; readonly ms: number }
  | { readonly kind: "call"; readonly id: string; readonly request: WireRequest }
  | { readonly kind: "reply"; readonly id: string; readonly reply: WholeReply | null; readonly error?: string };

/** What a tab does for the others while it plays, and what it does while another one plays. */
export interface DemoPart {
  readonly answer: (request: WireRequest) => Promise<WireReply>;
  readonly advance: (ms: number) => Promise<void>;
  readonly change: (change: Partial<DemoState>) => void;
  readonly shown: () => DemoState;
  /** Another tab plays, and its clock and switches are these. */
  readonly show: (shown: DemoState) => Promise<unknown>;
  /** Time has passed there. Resolves once everybody here has acted. */
  readonly pass: (now: number) => Promise<unknown>;
}

/** The demo's tabs, as one of them sees them. */
export class DemoTabs {
  readonly #part: DemoPart;
  readonly #channel = new BroadcastChannel(NAME);
  readonly #id = crypto.randomUUID();
  readonly #asked = new Map<string, { resolve(reply: WholeReply | null): void; reject(error: Error): void }>();
  /** Tabs that go by this one's clock. */
  readonly #others = new Set<string>();
  #step = 0;
  #settled: ((from: string) => void) | null = null;
  #plays = false;
  /** The tab that plays, as far as is known. */
  #player: string | null = null;
  #found: () => void = () => undefined;
  #played = new Promise<void>((resolve) => (this.#found = resolve));

  constructor(part: DemoPart) {
    this.#part = part;
    this.#channel.onmessage = ({ data }) => void this.#hear(data as Word);
    this.#say({ kind: "hello", from: this.#id });
    addEventListener("pagehide", () => this.#say({ kind: "bye", from: this.#id }));
  }

  /** Resolves once some tab plays, this one or another. */
  get played(): Promise<void> {
    return this.#played;
  }

  /** This tab plays from now on. */
  play(): void {
    this.#plays = true;
    this.#goBy(this.#id);
    this.show();
  }

  /** Tells the others what clock and switches are. */
  show(): void {
    if (this.#plays) this.#say({ kind: "here", from: this.#id, shown: this.#part.shown() });
  }

  /** Lets the others act at this time. */
  async pass(now: number): Promise<void> {
    if (this.#others.size === 0) return;
    this.#step += 1;
    const waiting = new Set(this.#others);
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => {
        for (const other of waiting) this.#others.delete(other);
        resolve();
      }, PATIENCE_MS);
      this.#settled = (from) => {
        waiting.delete(from);
        if (waiting.size > 0) return;
        clearTimeout(late);
        resolve();
      };
      this.#say({ kind: "time", now, step: this.#step });
    });
    this.#settled = null;
  }

  /** Has the tab that plays answer. */
  async answer(request: WireRequest): Promise<WireReply> {
    const reply = await this.#ask((id) => ({ kind: "call", id, request }));
    if (!reply) throw new Error("there was no answer");
    return { ...reply, body: reply.body && new Response(reply.body).body };
  }

  /** Has the tab that plays move the time on. */
  async advance(ms: number): Promise<void> {
    await this.#ask((id) => ({ kind: "advance", id, ms }));
  }

  /** Has the tab that plays turn switches. */
  change(change: Partial<DemoState>): void {
    this.#say({ kind: "change", change });
  }

  #ask(word: (id: string) => Word): Promise<WholeReply | null> {
    const id = crypto.randomUUID();
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#say(word(id));
    });
  }

  /** Another tab plays, or none. What the one before was asked it has not answered, and will not any more. */
  #goBy(player: string | null): void {
    if (player === this.#player) return;
    this.#player = player;
    if (player === null) this.#played = new Promise((resolve) => (this.#found = resolve));
    else this.#found();
    for (const { reject } of this.#asked.values()) reject(new Error("the tab that played the API was closed"));
    this.#asked.clear();
  }

  #say(word: Word): void {
    this.#channel.postMessage(word);
  }

  async #hear(word: Word): Promise<void> {
    if (word.kind === "reply") {
      const asked = this.#asked.get(word.id);
      this.#asked.delete(word.id);
      if (word.error === undefined) asked?.resolve(word.reply);
      else asked?.reject(new Error(word.error));
    } else if (this.#plays) {
      await this.#serve(word);
    } else if (word.kind === "here") {
      this.#goBy(word.from);
      await this.#part.show(word.shown);
    } else if (word.kind === "bye") {
      if (word.from === this.#player) this.#goBy(null);
    } else if (word.kind === "time") {
      await this.#part.pass(word.now);
      this.#say({ kind: "settled", step: word.step, from: this.#id });
    }
  }

  async #serve(word: Word): Promise<void> {
    if (word.kind === "hello") {
      this.#others.add(word.from);
      this.show();
    } else if (word.kind === "bye") {
      this.#others.delete(word.from);
      this.#settled?.(word.from);
    } else if (word.kind === "settled") {
      this.#others.add(word.from);
      if (word.step === this.#step) this.#settled?.(word.from);
    } else if (word.kind === "change") {
      this.#part.change(word.change);
    } else if (word.kind === "advance") {
      await this.#reply(word.id, () => this.#part.advance(word.ms).then(() => null));
    } else if (word.kind === "call") {
      await this.#reply(word.id, async () => {
        const { status, headers, body } = await this.#part.answer(word.request);
        return { status, headers, body: body && (await new Response(body).arrayBuffer()) };
      });
    }
  }

  async #reply(id: string, work: () => Promise<WholeReply | null>): Promise<void> {
    try {
      this.#say({ kind: "reply", id, reply: await work() });
    } catch (error) {
      this.#say({ kind: "reply", id, reply: null, error: (error as Error).message });
    }
  }
}

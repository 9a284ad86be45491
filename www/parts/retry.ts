// Sends again what failed, by cause, once it is said what that may cost.
import { signal } from "@preact/signals-core";
import { html, type TemplateResult } from "lit";
import { count, dollars, dollarsAtMost } from "../../js/cli/screen/format.js";
import { send, worker } from "../actions.js";
import { View } from "../lib/element.js";
import type { RetryPrice, Settings } from "../shared.js";
import { isCut, isRunning, look, run } from "../state.js";

const CAUSES = [
  {
    states: ["errored", "expired", "canceled", "missing", "other"],
    flags: [],
    words: "failed, expired, canceled and missing rows, as they are",
  },
  { states: [], flags: ["truncated"], words: "truncated answers, with twice the max tokens" },
  { states: [], flags: ["invalid JSON", "empty", "refusal"], words: "answers that are invalid JSON, empty or refused" },
] as const;
/** The place of those among the causes. */
const TRUNCATED = 1;

class Retry extends View {
  readonly #counts = signal<readonly number[]>([]);
  readonly #chosen = signal<readonly boolean[]>([true, true, true]);
  readonly #price = signal<RetryPrice | null>(null);
  #rows: readonly (readonly number[])[] = [];

  protected override render(): TemplateResult {
    const failed = CAUSES.map(({ states, flags }) => countOf(states, flags)).reduce((sum, each) => sum + each, 0);
    const counts = this.#counts.value;
    const sum = counts.reduce((total, each, at) => total + (this.#chosen.value[at] ? each : 0), 0);
    return html`<button type="button" ?disabled=${failed === 0 || isRunning.value} @click=${() => this.#open()}>Retry failed</button>
      <dialog aria-labelledby="retry-title">
        <h2 id="retry-title">Retry</h2>
        <div class="stack">${CAUSES.map(
          ({ words }, at) => html`<label class="choice">
            <input type="checkbox" .checked=${this.#chosen.value[at] ?? false} ?disabled=${(counts[at] ?? 0) === 0}
              @change=${(event: Event) => this.#choose(at, (event.target as HTMLInputElement).checked)}>
            ${count(counts[at] ?? 0)} ${words}</label>`,
        )}</div>
        <p data-testid="retry-price" aria-live="polite">${this.#words(sum)}</p>
        <p class="muted">Rows of this attempt take the place of the old ones. Your spend guard of ${dollars(run.value?.guard ?? null)} holds for it, too.</p>
        <div class="row">
          <button type="button" class="main" ?disabled=${sum === 0 || this.#price.value === null || isCut.value} @click=${() => this.#send()}>Retry ${count(sum)} rows</button>
          <button type="button" @click=${() => this.querySelector("dialog")?.close()}>Close</button>
        </div>
      </dialog>`;
  }

  #words(sum: number): string {
    const price = this.#price.value;
    if (sum === 0) return "Nothing is chosen.";
    if (!price) return "Working out what it may cost …";
    const { requests, low, high, ceiling } = price;
    const sent = `${count(requests)} ${requests === 1 ? "request" : "requests"}`;
    if (ceiling === null) return `${sent}; no price is known for this model.`;
    return `${sent}: estimated ${dollars(low)} to ${dollars(high)}, at most ${dollarsAtMost(ceiling)}.`;
  }

  async #open(): Promise<void> {
    this.#rows = await Promise.all(CAUSES.map(({ states, flags }) => rowsOf(states, flags)));
    this.#counts.value = this.#rows.map(({ length }) => length);
    this.querySelector("dialog")?.showModal();
    await this.#ask();
  }

  #choose(at: number, isChosen: boolean): void {
    this.#chosen.value = this.#chosen.value.map((old, other) => (other === at ? isChosen : old));
    void this.#ask();
  }

  /** Asks for the price of what is chosen now. */
  async #ask(): Promise<void> {
    this.#price.value = null;
    const wanted = this.#wanted();
    if (!wanted || wanted.rows.length === 0) return;
    const chosen = this.#chosen.peek();
    const price = await worker.price(wanted.settings, wanted.rows).catch(() => null);
    if (chosen === this.#chosen.peek()) this.#price.value = price;
  }

  /** Rows that are chosen, and how they are sent: truncated ones with twice the tokens, the others as they were. */
  #wanted(): { rows: number[]; settings: Settings } | null {
    const settings = run.value?.attempts.at(-1)?.settings;
    if (!settings) return null;
    const chosen = this.#chosen.peek();
    const rows = [...new Set(this.#rows.flatMap((list, at) => (chosen[at] ? list : [])))].sort((a, b) => a - b);
    const { longer, ...others } = settings;
    const truncated = chosen[TRUNCATED] ? (this.#rows[TRUNCATED] ?? []) : [];
    if (truncated.length === 0) return { rows, settings: { ...settings, skip: [] } };
    // What was cut off at twice the tokens gets four times as many.
    return { rows, settings: { ...others, skip: [], longer: { rows: truncated, times: 2 * (longer?.times ?? 1) } } };
  }

  async #send(): Promise<void> {
    const wanted = this.#wanted();
    if (!wanted) return;
    this.querySelector("dialog")?.close();
    await send(wanted);
  }
}

function rowsOf(states: readonly string[], flags: readonly string[]): Promise<number[]> {
  return worker.rowsWith([...states], [...flags]);
}

function countOf(states: readonly string[], flags: readonly string[]): number {
  const facets = look.value?.facets ?? [];
  const sum = (name: string, wanted: readonly string[]): number =>
    (facets.find((facet) => facet.name === name)?.values ?? []).reduce(
      (total, { value, count: n }) => total + (wanted.includes(value) ? n : 0),
      0,
    );
  return sum("state", states) + sum("flag", flags);
}

customElements.define("bw-retry", Retry);

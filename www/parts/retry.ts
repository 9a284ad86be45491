// Sends again what failed, by cause.
import { signal } from "@preact/signals-core";
import { html, type TemplateResult } from "lit";
import { count } from "../../js/cli/screen/format.js";
import { send, worker } from "../actions.js";
import { View } from "../lib/element.js";
import { isRunning, look, run } from "../state.js";

const CAUSES = [
  {
    states: ["errored", "expired", "canceled", "missing", "other"],
    flags: [],
    words: "failed, expired, canceled and missing rows, as they are",
  },
  { states: [], flags: ["truncated"], words: "truncated answers, with twice the max tokens" },
  { states: [], flags: ["invalid JSON", "empty", "refusal"], words: "answers that are invalid JSON, empty or refused" },
] as const;

class Retry extends View {
  readonly #counts = signal<readonly number[]>([]);
  readonly #chosen = signal<readonly boolean[]>([true, true, true]);

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
        <p class="muted">Rows of this attempt take the place of the old ones. Your spend guard holds for it, too.</p>
        <div class="row">
          <button type="button" class="main" ?disabled=${sum === 0} @click=${() => this.#send()}>Retry ${count(sum)} rows</button>
          <button type="button" @click=${() => this.querySelector("dialog")?.close()}>Close</button>
        </div>
      </dialog>`;
  }

  async #open(): Promise<void> {
    this.#counts.value = await Promise.all(
      CAUSES.map(async ({ states, flags }) => (await rowsOf(states, flags)).length),
    );
    this.querySelector("dialog")?.showModal();
  }

  #choose(at: number, isChosen: boolean): void {
    this.#chosen.value = this.#chosen.value.map((old, other) => (other === at ? isChosen : old));
  }

  async #send(): Promise<void> {
    const settings = run.value?.attempts.at(-1)?.settings;
    if (!settings) return;
    const lists = await Promise.all(
      CAUSES.map(({ states, flags }, at) => (this.#chosen.value[at] ? rowsOf(states, flags) : [])),
    );
    const rows = [...new Set(lists.flat())].sort((a, b) => a - b);
    const isLonger = this.#chosen.value[1] && (lists[1]?.length ?? 0) > 0;
    this.querySelector("dialog")?.close();
    await send({ rows, settings: { ...settings, skip: [], maxTokens: settings.maxTokens * (isLonger ? 2 : 1) } });
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

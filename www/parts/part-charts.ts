// What each part of the last attempt has used and cost, as charts.
import { effect, signal } from "@preact/signals-core";
import { html, type TemplateResult } from "lit";
import { dollars, tokens } from "../../js/cli/screen/format.js";
import { worker } from "../actions.js";
import { View } from "../lib/element.js";
import type { PartUse } from "../shared.js";
import { live, resultsVersion, run } from "../state.js";
import { barTable } from "./charts.js";

/** Rows come in by the hundred: sums are asked for at most so often. */
const EVERY_MS = 500;

class PartCharts extends View {
  readonly #uses = signal<readonly PartUse[]>([]);
  #stop: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = effect(() => {
      void [resultsVersion.value, live.value.state, run.value?.attempts];
      this.#timer ??= setTimeout(() => void this.#ask(), EVERY_MS);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  protected override render(): TemplateResult {
    const uses = this.#uses.value;
    if (uses.length === 0) return html``;
    const label = ({ index }: PartUse): string => `Part ${index + 1}`;
    return html`<section class="card chart-grid" aria-label="Parts as charts">
      ${barTable(
        "Tokens by part: input, then output",
        uses.map((use) => ({
          label: label(use),
          pieces: [
            { value: use.inputTokens, kind: "input" },
            { value: use.outputTokens, kind: "output" },
          ],
          words: `${tokens(use.inputTokens)} in, ${tokens(use.outputTokens)} out`,
        })),
      )}
      ${barTable(
        "Cost by part",
        uses.map((use) => ({
          label: label(use),
          pieces: [{ value: use.cost ?? 0, kind: "plain" }],
          words: use.cost === null ? "no price known" : dollars(use.cost),
        })),
      )}
    </section>`;
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    const asked = run.peek()?.id;
    const uses = await worker.partUse().catch(() => []);
    if (run.peek()?.id === asked) this.#uses.value = uses;
  }
}

customElements.define("bw-part-charts", PartCharts);

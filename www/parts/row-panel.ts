// One row in full: what was sent, what came back, what it cost. All of it as text.
import { effect, signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { count, dollars } from "../../js/cli/screen/format.js";
import { worker } from "../actions.js";
import { View } from "../lib/element.js";
import { requery, route } from "../lib/route.js";
import type { Detail } from "../shared.js";
import { resultsVersion } from "../state.js";

class RowPanel extends View {
  readonly #detail = signal<Detail | null>(null);
  readonly #isRaw = signal(false);
  #stopLoad: (() => void) | undefined;
  #opener: HTMLElement | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopLoad = effect(() => {
      void resultsVersion.value;
      const row = Number(route.value.query.get("row") ?? 0);
      void this.#load(row);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopLoad?.();
  }

  protected override render(): TemplateResult {
    const detail = this.#detail.value;
    return html`<dialog class="panel" aria-labelledby="row-title" @close=${this.#onClose} @keydown=${this.#onKey}>
      ${detail ? this.#content(detail) : nothing}
    </dialog>`;
  }

  protected override updated(): void {
    const dialog = this.querySelector("dialog");
    const isWanted = this.#detail.value !== null;
    if (!dialog || dialog.open === isWanted) return;
    if (isWanted) {
      this.#opener = document.activeElement as HTMLElement | null;
      dialog.showModal();
    } else {
      dialog.close();
    }
  }

  #content(detail: Detail): TemplateResult {
    const {
      row,
      key,
      outcome,
      flags,
      text,
      error,
      request,
      raw,
      requestId,
      inputTokens,
      outputTokens,
      cost,
      attempt,
      cells,
      sameAs,
      usage,
    } = detail;
    const isRaw = this.#isRaw.value;
    return html`<div class="panel-head">
        <h2 id="row-title">Row ${count(row + 1)} · ${key}</h2>
        <div class="row">
          <button type="button" @click=${() => this.#step(-1)}>Previous</button>
          <button type="button" @click=${() => this.#step(1)}>Next</button>
          <button type="button" autofocus @click=${() => requery({ row: null })}>Close</button>
        </div>
      </div>
      <p><span class="tag">${[outcome, ...flags].join(", ")}</span> attempt ${attempt} · ${count(inputTokens)} in, ${count(outputTokens)} out · ${dollars(cost)}</p>
      ${sameAs === null ? nothing : html`<p class="note">Same as row ${count(sameAs + 1)}: that one was sent, and this one has its answer and cost nothing.</p>`}
      ${error ? html`<div class="note wrong"><p>${error}</p>${requestId ? html`<p class="small">Request <code>${requestId}</code></p>` : nothing}</div>` : nothing}
      <div class="tabs" role="group" aria-label="Form">
        <button type="button" aria-pressed=${!isRaw} @click=${() => (this.#isRaw.value = false)}>Text</button>
        <button type="button" aria-pressed=${isRaw} @click=${() => (this.#isRaw.value = true)}>Raw</button>
      </div>
      <h3>Output</h3>
      <pre class="body" tabindex="0" aria-label="Output" data-testid="output">${isRaw ? raw : text}</pre>
      ${usage && sameAs === null ? html`<details><summary>Usage</summary><pre class="body" tabindex="0" aria-label="Usage">${usage}</pre></details>` : nothing}
      <h3>Input</h3>
      <dl class="cells">${cells.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
      <h3>Request</h3>
      <pre class="body" tabindex="0" aria-label="Request">${request}</pre>`;
  }

  async #load(row: number): Promise<void> {
    if (row < 1) {
      this.#detail.value = null;
      return;
    }
    const detail = await worker.detail(row - 1).catch(() => null);
    if (Number(route.peek().query.get("row") ?? 0) === row) this.#detail.value = detail;
  }

  /** The row before or after this one, among those that match. */
  async #step(by: number): Promise<void> {
    const rows = await worker.matching();
    const at = rows.indexOf(this.#detail.value?.row ?? -1);
    const next = rows[at + by];
    if (next !== undefined) requery({ row: String(next + 1) });
  }

  readonly #onClose = (): void => {
    if (this.#detail.value) requery({ row: null });
    this.#opener?.focus();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === "j") void this.#step(1);
    if (event.key === "k") void this.#step(-1);
  };
}

customElements.define("bw-row-panel", RowPanel);

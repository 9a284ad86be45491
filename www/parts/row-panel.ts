// One row in full: what was sent, what came back, what it cost. All of it as text.
import { signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { count, dollars } from "../../js/cli/screen/format.js";
import { worker } from "../actions.js";
import { Panel } from "../lib/panel.js";
import type { Detail } from "../shared.js";
import { resultsVersion } from "../state.js";

class RowPanel extends Panel<Detail> {
  readonly #isRaw = signal(false);
  protected readonly param = "row";
  protected readonly titleId = "row-title";

  protected depend(): void {
    void resultsVersion.value;
  }

  protected load(row: number): Promise<Detail> {
    return worker.detail(row);
  }

  protected content(detail: Detail): TemplateResult {
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
          <button type="button" @click=${() => this.step(-1)}>Previous</button>
          <button type="button" @click=${() => this.step(1)}>Next</button>
          <button type="button" autofocus @click=${() => this.show(null)}>Close</button>
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

  /** The row before or after this one, among those that match. */
  protected async step(by: number): Promise<void> {
    const rows = await worker.matching();
    const next = rows[rows.indexOf(this.shown?.row ?? -1) + by];
    if (next !== undefined) this.show(next);
  }
}

customElements.define("bw-row-panel", RowPanel);

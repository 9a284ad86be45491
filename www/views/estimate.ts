// S4: what it may cost, the limit, and the button that sends.
import { signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { bytes, count, dollars, tokens } from "../../js/cli/screen/format.js";
import { download, preflight, send, setGuard, setSettings } from "../actions.js";
import { View } from "../lib/element.js";
import { icon } from "../lib/icons.js";
import { stepAddress } from "../lib/route.js";
import type { Facts, Run } from "../shared.js";
import { awaited, busy, connection, facts, isCut, isRunning, isSent, run } from "../state.js";

const PILOT = 20;
const SIZES = [
  { words: "fewer, larger", size: 10_000 },
  { words: "balanced", size: 2_500 },
  { words: "many, small", size: 500 },
] as const;

class Estimate extends View {
  readonly #typed = signal("");
  readonly #pilot = signal(PILOT);

  protected override render(): TemplateResult {
    const open = run.value;
    const found = facts.value;
    if (!open) return html``;
    const isEmpty = open.data.kind === "table" && open.settings.prompt.trim() === "";
    if (isEmpty || !found?.estimate || found.requestCount === 0) {
      return html`<h1>Estimate</h1>
        <p>There is nothing to price yet: first a prompt, and rows without problems.</p>
        <div class="row"><a class="button main" href=${stepAddress(open.id, "check")}>Continue there</a></div>`;
    }
    return html`
      <h1>Estimate</h1>
      ${table(open, found)}
      <div class="row preflight">
        <button type="button" ?disabled=${busy.value !== null || awaited.value !== null || isCut.value} @click=${() => preflight()}>Preflight</button>
        <p class="muted small">Has the API count up to 40 of these requests, for free, to narrow the input${connection.value.mode === "demo" ? "" : ". Those rows are sent to Anthropic"}.</p>
      </div>
      <div class="split even">
        ${this.#sending(open, found)}
        <section class="card stack" aria-labelledby="parts">
          <h2 id="parts">In ${count(found.parts.length)} ${found.parts.length === 1 ? "part" : "parts"}</h2>
          <p class="muted">Anthropic reports nothing inside a part, so each one is a step of progress. If a create fails, only its part is sent again.</p>
          <div class="row" role="group" aria-label="Parts">${SIZES.map(
            ({ words, size }) =>
              html`<button type="button" aria-pressed=${open.settings.partSize === size} @click=${() => setSettings({ partSize: size })}>${words}</button>`,
          )}</div>
          <p class="muted small">Prices are batch prices, table of ${found.estimate.pricesAsOf}. ${sentence(found.estimate.basis)} Not an invoice.</p>
          <p class="muted small">${connection.value.mode === "demo" ? "In the demo nothing leaves this page." : "Requests go to Anthropic and are kept there for 29 days."}</p>
          <h3>Or from a terminal</h3>
          <p class="muted small">These requests as a file, and the command that sends it: <code>npx batchwise run ${open.name.replace(/\.[^.]*$/, "")}.requests.jsonl</code></p>
          <div class="row"><button type="button" @click=${() => download("requests")}>${icon("down")}Download requests</button></div>
        </section>
      </div>
    `;
  }

  #sending(open: Run, found: Facts): TemplateResult {
    const ceiling = found.estimate?.total.ceiling ?? null;
    const isOver = ceiling === null || ceiling > open.guard;
    const isTyped = ceiling !== null && amountOf(this.#typed.value) >= roundedUp(ceiling);
    const isBlocked =
      found.errors > 0 || isRunning.value || (isOver && !isTyped) || awaited.value !== null || isCut.value;
    const requests = found.requestCount - found.merged;
    const pilot = Math.min(this.#pilot.value, found.requestCount - 1);
    const most = isOver && isTyped && ceiling !== null ? roundedUp(ceiling) : open.guard;
    const share = ceiling === null ? null : (ceiling * pilot) / Math.max(1, requests);
    return html`<section class="card stack" aria-labelledby="send">
      <h2 id="send">Send</h2>
      <div class="field">
        <label for="guard">Spend guard</label>
        <div class="row"><span aria-hidden="true">$</span><input id="guard" type="number" min="0" step="0.01" .value=${live(String(open.guard))}
          @change=${(event: Event) => setGuard(Math.max(0, amountOf((event.target as HTMLInputElement).value)))}></div>
        <p class="muted small">Nothing is sent, and no failure is tried again, that could cost more than this in all.</p>
      </div>
      ${
        isOver
          ? html`<div class="note wrong" role="alert"><p><code>spend/guard</code> ${
              ceiling === null
                ? "No price is known for this model, so no ceiling can be given."
                : `The upper bound ${dollars(ceiling)} is above your limit ${dollars(open.guard)}.`
            }</p>
            ${
              ceiling === null
                ? nothing
                : html`<label for="amount">Type the amount</label>
                  <input id="amount" inputmode="decimal" placeholder=${roundedUp(ceiling).toFixed(2)} .value=${live(this.#typed.value)}
                    @input=${(event: Event) => (this.#typed.value = (event.target as HTMLInputElement).value)}>`
            }
          </div>`
          : nothing
      }
      ${found.errors > 0 ? html`<p class="note wrong">${count(found.errors)} problems first: <a href=${stepAddress(open.id, "check")}>see which</a>.</p>` : nothing}
      ${isCut.value ? html`<p class="note warn">Nothing can be sent while the network is gone.</p>` : nothing}
      ${isSent.value ? html`<p class="note">This run was sent before. Sending again makes another attempt of all rows.</p>` : nothing}
      ${
        pilot > 0
          ? html`<div class="field">
            <label for="pilot">Rows in the pilot</label>
            <input id="pilot" type="number" min="1" max=${found.requestCount - 1} .value=${live(String(this.#pilot.value))}
              @change=${(event: Event) => (this.#pilot.value = Math.max(1, Math.floor(amountOf((event.target as HTMLInputElement).value))))}>
          </div>
          <button type="button" class="main" ?disabled=${isBlocked} @click=${() => send({ pilot, maxCost: most })}>
            Send pilot (${count(pilot)} rows${share === null ? "" : `, ≤ ${dollars(share)}`})</button>`
          : nothing
      }
      <button type="button" class=${pilot > 0 ? "" : "main"} ?disabled=${isBlocked} @click=${() => send({ maxCost: most })}>
        Send all ${count(requests)} requests${ceiling === null ? "" : ` (≤ ${dollars(ceiling)})`}</button>
    </section>`;
  }
}

function table({ data }: Run, { requestCount, merged, parts, estimate, counted }: Facts): TemplateResult {
  if (!estimate) return html``;
  const { models } = estimate;
  const sum = (pick: (model: (typeof models)[number]) => number | null): number =>
    models.reduce((total, model) => total + (pick(model) ?? 0), 0);
  const { input, output, total } = estimate;
  const largest = Math.max(...parts.map(({ bodyBytes }) => bodyBytes));
  return html`<dl class="estimate card">
    <div><dt>Requests</dt><dd>${count(data.rowCount)} rows → ${count(requestCount - merged)} requests${merged > 0 ? ` (${count(merged)} duplicates)` : ""}</dd>
      <dd class="amount">largest part ${bytes(largest)}</dd></div>
    <div><dt>Input</dt><dd>${tokens(Math.round(sum((model) => model.inputTokens.low)))} – ${tokens(Math.round(sum((model) => model.inputTokens.high)))} tokens, ${counted === undefined ? html`<em>estimated</em> ± 30 %` : html`<em>counted</em> on ${count(counted)} rows`}</dd>
      <dd class="amount">${dollars(input.low)} – ${dollars(input.high)}</dd></div>
    <div><dt>Output</dt><dd>unknown before a pilot, <em>at most</em> ${tokens(sum((model) => model.outputTokens.ceiling))} tokens</dd>
      <dd class="amount">${dollars(output.low)} – ${dollars(output.high)}</dd></div>
    <div class="total"><dt>Total</dt><dd>between ${dollars(total.low)} and ${dollars(total.high)}</dd>
      <dd class="amount">Ceiling ${dollars(total.ceiling)}</dd></div>
  </dl>`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function amountOf(text: string): number {
  const amount = Number(text.replace(/[$,\s]/g, ""));
  return Number.isFinite(amount) ? amount : 0;
}

/** Whole cents, upwards: what has to be typed must be enough. */
function roundedUp(amount: number): number {
  return Math.ceil(amount * 100 - 1e-9) / 100;
}

customElements.define("bw-estimate", Estimate);

// A row of two runs in full: both answers word by word, what was asked, what each cost. All of it as text.
import { html, nothing, type TemplateResult } from "lit";
import { count, dollars } from "../../js/cli/screen/format.js";
import { worker } from "../actions.js";
import type { PairDetail, PairSide, Piece } from "../comparison.js";
import { Panel } from "../lib/panel.js";
import { comparison } from "../state.js";

class PairPanel extends Panel<PairDetail> {
  protected readonly param = "pair";
  protected readonly titleId = "pair-title";
  protected override readonly look = "panel wide-panel";

  protected depend(): void {
    void comparison.value;
  }

  protected async load(place: number): Promise<PairDetail | null> {
    return comparison.peek() === null ? null : worker.pair(place);
  }

  protected content(detail: PairDetail): TemplateResult {
    const { key, kind, a, b, pieces, fields, inputs, input, place } = detail;
    const last = (comparison.value?.matching ?? 1) - 1;
    return html`<div class="panel-head">
        <h2 id="pair-title">${key}</h2>
        <div class="row">
          <button type="button" ?disabled=${place === 0} @click=${() => this.step(-1)}>Previous</button>
          <button type="button" ?disabled=${place >= last} @click=${() => this.step(1)}>Next</button>
          <button type="button" autofocus @click=${() => this.show(null)}>Close</button>
        </div>
      </div>
      <p><span class="tag">${kind}</span></p>
      <div class="sides">
        ${half("A", a, pieces, "a")}
        ${half("B", b, pieces, "b")}
      </div>
      ${fields && fields.length > 0 ? differences("Fields that differ", fields) : nothing}
      ${inputs.length > 0 ? differences("Input that differs", inputs) : nothing}
      <h3>Input</h3>
      <dl class="cells">${input.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
  }

  protected step(by: number): void {
    const next = (this.shown?.place ?? 0) + by;
    if (next >= 0 && next < (comparison.value?.matching ?? 0)) this.show(next);
  }
}

function half(name: string, side: PairSide | null, pieces: readonly Piece[] | null, own: "a" | "b"): TemplateResult {
  if (!side) return html`<section><h3>${name}</h3><p class="muted">This run has no such row.</p></section>`;
  const { output, outcome, outputTokens, inputTokens, cost, row } = side;
  const shown = pieces?.filter((piece) => piece.side === "both" || piece.side === own);
  return html`<section aria-label=${name}>
    <h3>${name} · row ${count(row + 1)}</h3>
    <p class="small">${outcome}, ${count(inputTokens)} in, ${count(outputTokens)} out, ${dollars(cost)}</p>
    <pre class="body" tabindex="0" aria-label=${`Answer of ${name}`} data-testid=${`answer-${own}`}>${
      shown ? shown.map(({ text, side: is }) => (is === "both" ? text : changed(text, is))) : output
    }</pre>
  </section>`;
}

/** What only one text has: A's are what was there, B's what is there instead. */
function changed(text: string, side: "a" | "b"): TemplateResult {
  return side === "a" ? html`<del>${text}</del>` : html`<ins>${text}</ins>`;
}

function differences(title: string, list: PairDetail["inputs"]): TemplateResult {
  return html`<h3>${title}</h3>
    <div class="table-scroll" tabindex="0" role="group" aria-label=${title}><table class="wraps">
      <thead><tr><th scope="col">Name</th><th scope="col">A</th><th scope="col">B</th></tr></thead>
      <tbody>${list.map(({ name, a, b }) => html`<tr><th scope="row">${name}</th><td>${a}</td><td>${b}</td></tr>`)}</tbody>
    </table></div>`;
}

customElements.define("bw-pair-panel", PairPanel);

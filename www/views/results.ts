// S6: what came back. Facets with counts, search, the rows, one row in full.
import { effect, signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { count, dollars, tokens } from "../../js/cli/screen/format.js";
import { download, lookAt, worker } from "../actions.js";
import { View } from "../lib/element.js";
import { icon } from "../lib/icons.js";
import { requery, stepAddress } from "../lib/route.js";
import { clear, facetBar, marked, namesWith, queryOf, searchField } from "../parts/facets.js";
import "../parts/grid.js";
import { valueCharts } from "../parts/value-charts.js";
import "../parts/retry.js";
import "../parts/row-panel.js";
import type { Look, Query, ResultCells, Run } from "../shared.js";
import { isRunning, look, resultsVersion, run } from "../state.js";

const FACETS = ["state", "flag", "error", "label", "attempt", "sent"] as const;
/** While a job runs its rows come in by the hundred: they are shown so often. */
const REFRESH_MS = 500;

class Results extends View {
  readonly #isMenuOpen = signal(false);
  #stopLook: (() => void) | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastLook = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopLook = effect(() => {
      void resultsVersion.value;
      const query = queryOf(namesWith(FACETS));
      clearTimeout(this.#timer);
      const wait = isRunning.peek() ? Math.max(0, this.#lastLook + REFRESH_MS - performance.now()) : 0;
      this.#timer = setTimeout(() => {
        this.#lastLook = performance.now();
        void lookAt(query);
      }, wait);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#stopLook?.();
  }

  protected override render(): TemplateResult {
    const open = run.value;
    const seen = look.value;
    if (!open) return html``;
    if (!seen) return html`<h1>Results</h1><p class="muted" role="status">Reading the results …</p>`;
    if (seen.total === 0) return noResults(open);
    const query = queryOf(namesWith(FACETS));
    return html`
      <h1>Results</h1>
      <div class="row spread">
        <p class="lead" data-testid="matching" data-query=${seen.text} data-ms=${seen.ms.toFixed(1)}>${count(seen.matching)} matching ${seen.matching === 1 ? "row" : "rows"} (${count(seen.total)} total)</p>
        <div class="row">
          <bw-retry></bw-retry>
          ${this.#downloads()}
        </div>
      </div>
      <p class="muted">${tokens(seen.inputTokens)} input and ${tokens(seen.outputTokens)} output tokens, ${dollars(seen.cost)} computed from reported usage. Not an invoice.</p>
      ${valueCharts(seen)}
      <div class="results">
        ${facetBar(seen.facets, query, namesWith(FACETS))}
        <div class="stack">
          ${searchField(query, seen.fault)}
          ${
            seen.matching === 0
              ? html`<div class="empty"><p class="empty-title">Filter matches nothing</p><button type="button" @click=${() => clear(namesWith(FACETS))}>Clear filter</button></div>`
              : html`<bw-grid class="tall" .model=${gridModel(query, seen)}></bw-grid>`
          }
        </div>
      </div>
      <bw-row-panel></bw-row-panel>
    `;
  }

  #downloads(): TemplateResult {
    const isOpen = this.#isMenuOpen.value;
    const item = (kind: Parameters<typeof download>[0], words: string): TemplateResult =>
      html`<li><button type="button" @click=${() => this.#download(kind)}>${words}</button></li>`;
    return html`<div class="menu">
      <button type="button" aria-expanded=${isOpen} @click=${() => (this.#isMenuOpen.value = !isOpen)}>${icon("down")}Download</button>
      <ul class="menu-list" ?hidden=${!isOpen}>
        ${item("csv", "Download CSV")}
        ${item("parquet", "Download Parquet")}
        ${item("merged", "Download merged JSONL")}
        ${item("raw", "Download raw results")}
        ${item("failed", "Download failed rows")}
        ${item("run", "Download run file")}
      </ul>
    </div>`;
  }

  #download(kind: Parameters<typeof download>[0]): void {
    this.#isMenuOpen.value = false;
    void download(kind);
  }
}

function gridModel(query: Query, seen: Look): object {
  const text = (of: (cells: ResultCells) => string) => (cells: ResultCells) => marked(of(cells), query.text);
  return {
    label: "Results",
    count: seen.matching,
    version: seen,
    sort: query.sort,
    onSort: (id: string) => requery({ sort: query.sort === id ? `-${id}` : query.sort === `-${id}` ? null : id }),
    onOpen: (_: number, { row }: ResultCells) => requery({ row: String(row + 1) }),
    columns: [
      {
        id: "row",
        label: "Row",
        width: "4rem",
        isNumber: true,
        isExtra: true,
        cell: ({ row }: ResultCells) => count(row + 1),
      },
      {
        id: "key",
        label: "Key",
        width: "minmax(4rem, 6rem)",
        isExtra: true,
        canSort: true,
        cell: text(({ key }) => key),
      },
      { id: "state", label: "State", width: "minmax(7.75rem, 8.5rem)", canSort: true, cell: stateCell },
      {
        id: "output",
        label: "Output",
        width: "minmax(8rem, 5fr)",
        canSort: true,
        cell: ({ output, sameAs }: ResultCells) =>
          html`${sameAs === null ? nothing : twin(sameAs)}${marked(output, query.text)}`,
      },
      { id: "input", label: "Input", width: "minmax(7rem, 4fr)", isExtra: true, cell: text(({ input }) => input) },
      {
        id: "out",
        label: "Out",
        width: "4rem",
        isNumber: true,
        isExtra: true,
        canSort: true,
        cell: ({ outputTokens }: ResultCells) => count(outputTokens),
      },
      {
        id: "cost",
        label: "Cost",
        width: "7.25rem",
        isNumber: true,
        isExtra: true,
        canSort: true,
        cell: ({ cost }: ResultCells) => dollars(cost),
      },
      ...(seen.facets.some(({ name }) => name === "attempt") ? [ATTEMPT] : []),
    ],
    rows: (from: number, size: number) => worker.results(from, size),
    first: seen.first,
  };
}

/** Worth its room once there are several. */
const ATTEMPT = {
  id: "attempt",
  label: "Attempt",
  width: "5.5rem",
  isNumber: true,
  isExtra: true,
  canSort: true,
  cell: ({ attempt }: ResultCells) => String(attempt),
};

function stateCell({ outcome, flags }: ResultCells): TemplateResult {
  const sign = outcome === "succeeded" && flags.length === 0 ? "check" : outcome === "succeeded" ? "warn" : "cross";
  return html`<span class=${`state ${flags.length > 0 ? "flagged" : outcome}`}>${icon(sign)}${flags[0] ?? outcome}</span>`;
}

function twin(row: number): TemplateResult {
  return html`<span class="same">same as row ${count(row + 1)}</span>`;
}

function noResults({ id, attempts }: Run): TemplateResult {
  return html`<h1>Results</h1>
    <div class="empty">
      <p class="empty-title">No results yet</p>
      <p class="muted">${attempts.length === 0 ? "Nothing has been sent." : "The first part is still being processed."}</p>
      <a class="button main" href=${stepAddress(id, attempts.length === 0 ? "estimate" : "run")}>${attempts.length === 0 ? "See the price" : "Watch it"}</a>
    </div>`;
}

customElements.define("bw-results", Results);

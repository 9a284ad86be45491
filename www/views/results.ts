// S6: what came back. Facets with counts, search, the rows, one row in full.
import { effect, signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { live as bound } from "lit/directives/live.js";
import { count, dollars, tokens } from "../../js/cli/screen/format.js";
import { download, lookAt, worker } from "../actions.js";
import { View } from "../lib/element.js";
import { icon } from "../lib/icons.js";
import { requery, route, stepAddress } from "../lib/route.js";
import { share } from "../parts/charts.js";
import "../parts/grid.js";
import "../parts/retry.js";
import "../parts/row-panel.js";
import type { Facet, Look, Query, ResultCells, Run } from "../shared.js";
import { isRunning, look, resultsVersion, run } from "../state.js";

const FACETS = ["state", "flag", "error", "label", "attempt"] as const;
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
      const query = queryOf();
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
    const query = queryOf();
    return html`
      <h1>Results</h1>
      <div class="row spread">
        <p class="lead" data-testid="matching">${count(seen.matching)} matching ${seen.matching === 1 ? "row" : "rows"} (${count(seen.total)} total)</p>
        <div class="row">
          <bw-retry></bw-retry>
          ${this.#downloads()}
        </div>
      </div>
      <p class="muted">${tokens(seen.inputTokens)} input and ${tokens(seen.outputTokens)} output tokens, ${dollars(seen.cost)} computed from reported usage. Not an invoice.</p>
      <div class="results">
        <section class="facets" aria-label="Facets">${seen.facets.map((facet) => facetList(facet, query))}
          ${isFiltered(query) ? html`<button type="button" @click=${clear}>Clear filter</button>` : nothing}</section>
        <div class="stack">
          ${search(query, seen)}
          ${
            seen.matching === 0
              ? html`<div class="empty"><p class="empty-title">Filter matches nothing</p><button type="button" @click=${clear}>Clear filter</button></div>`
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

/** What the address asks for. */
function queryOf(): Query {
  const { query } = route.value;
  const facets = FACETS.map((name): [string, string[]] => [
    name,
    query.getAll(name).flatMap((text) => text.split("|")),
  ]);
  return {
    facets: Object.fromEntries(facets.map(([name, values]) => [name, values.filter((value) => value !== "")])),
    text: query.get("q") ?? "",
    sort: query.get("sort") ?? "",
  };
}

function isFiltered({ facets, text }: Query): boolean {
  return text !== "" || Object.values(facets).some((values) => values.length > 0);
}

function clear(): void {
  requery(Object.fromEntries([...FACETS, "q"].map((name) => [name, null])));
}

function facetList({ name, label, values }: Facet, query: Query): TemplateResult {
  const most = Math.max(...values.map((each) => each.count));
  const chosen = query.facets[name] ?? [];
  const toggle = (value: string): void => {
    const next = chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
    requery({ [name]: next.join("|") });
  };
  return html`<fieldset class="facet"><legend>${label}</legend>
    ${values.map(
      ({
        value,
        count: number,
      }) => html`<button type="button" class="facet-value" aria-pressed=${chosen.includes(value)} @click=${() => toggle(value)}>
        ${share(number, most)}<span class="facet-name">${value}</span><span class="facet-count">${count(number)}</span>
      </button>`,
    )}
  </fieldset>`;
}

function search(query: Query, { fault }: Look): TemplateResult {
  return html`<div class="field">
    <label for="search">Search</label>
    <input id="search" type="search" placeholder="refund, out:refund, /ref(und)?/" .value=${bound(query.text)} autocomplete="off" spellcheck="false"
      @input=${(event: Event) => requery({ q: (event.target as HTMLInputElement).value })} aria-invalid=${fault !== null} aria-describedby="search-fault">
    <p id="search-fault" class="small wrong-words">${fault ?? ""}</p>
  </div>`;
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
        width: "4.5rem",
        isNumber: true,
        isExtra: true,
        cell: ({ row }: ResultCells) => count(row + 1),
      },
      {
        id: "key",
        label: "Key",
        width: "minmax(6rem, 8rem)",
        isExtra: true,
        canSort: true,
        cell: text(({ key }) => key),
      },
      { id: "state", label: "State", width: "minmax(8.5rem, 9rem)", canSort: true, cell: stateCell },
      { id: "output", label: "Output", width: "minmax(10rem, 3fr)", canSort: true, cell: text(({ output }) => output) },
      { id: "input", label: "Input", width: "minmax(8rem, 2fr)", isExtra: true, cell: text(({ input }) => input) },
      {
        id: "out",
        label: "Out",
        width: "4.5rem",
        isNumber: true,
        isExtra: true,
        canSort: true,
        cell: ({ outputTokens }: ResultCells) => count(outputTokens),
      },
      {
        id: "cost",
        label: "Cost",
        width: "7rem",
        isNumber: true,
        isExtra: true,
        canSort: true,
        cell: ({ cost }: ResultCells) => dollars(cost),
      },
      {
        id: "attempt",
        label: "Attempt",
        width: "6rem",
        isNumber: true,
        isExtra: true,
        canSort: true,
        cell: ({ attempt }: ResultCells) => String(attempt),
      },
    ],
    rows: (from: number, size: number) => worker.results(from, size),
  };
}

function stateCell({ outcome, flags }: ResultCells): TemplateResult {
  const sign = outcome === "succeeded" && flags.length === 0 ? "check" : outcome === "succeeded" ? "warn" : "cross";
  return html`<span class=${`state ${flags.length > 0 ? "flagged" : outcome}`}>${icon(sign)}${flags[0] ?? outcome}</span>`;
}

/** The text with what was searched for marked in it. */
function marked(text: string, wanted: string): TemplateResult | string {
  const needle = wanted.replace(/^(?:out|in):/, "").trim();
  if (needle === "" || needle.startsWith("/")) return text;
  const at = text.toLowerCase().indexOf(needle.toLowerCase());
  if (at < 0) return text;
  return html`${text.slice(0, at)}<mark>${text.slice(at, at + needle.length)}</mark>${text.slice(at + needle.length)}`;
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

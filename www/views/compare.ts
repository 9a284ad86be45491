// S7: two runs side by side: what changed, what it costs, and each row of it.
import { effect } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { count, dollars, tokens } from "../../js/cli/screen/format.js";
import { download, duplicate, listRuns, lookBeside, worker } from "../actions.js";
import { type Comparison, KINDS, type PairCells, type PairSide } from "../comparison.js";
import { View } from "../lib/element.js";
import { icon } from "../lib/icons.js";
import { go, requery, route, stepAddress } from "../lib/route.js";
import { crossingTable, kindBar } from "../parts/charts.js";
import { clear, facetBar, marked, queryOf, searchField, toggle } from "../parts/facets.js";
import "../parts/grid.js";
import "../parts/pair-panel.js";
import type { Query, Run } from "../shared.js";
import { busy, comparison, resultsVersion, run, runs } from "../state.js";

const FACETS = ["kind", "inputs", "field", "cell"] as const;

class Compare extends View {
  #stopLook: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void listRuns();
    this.#stopLook = effect(() => {
      void resultsVersion.value;
      const query = queryOf(FACETS);
      const other = route.value.query.get("with");
      const open = run.value;
      if (other && open && other !== open.id) void lookBeside(other, query);
      else if (open) this.#choose(others(open, runs.value));
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopLook?.();
    comparison.value = null;
  }

  protected override render(): TemplateResult {
    const open = run.value;
    if (!open) return html``;
    const list = others(open, runs.value);
    if (open.attempts.length === 0 || list.length === 0) return nothingToCompare(open);
    const seen = comparison.value;
    const query = queryOf(FACETS);
    return html`
      <h1>Compare</h1>
      ${chooser(open, list)}
      ${
        seen
          ? this.#content(seen, query)
          : html`<p class="muted" role="status">${busy.value ? "Reading both runs …" : "Choose a run to compare with."}</p>`
      }
    `;
  }

  #content(seen: Comparison, query: Query): TemplateResult {
    const { matching, total } = seen;
    if (total === 0)
      return html`<div class="empty"><p class="empty-title">No answers to compare yet</p>
        <p class="muted">Neither of the two runs has results.</p></div>`;
    return html`
      <div class="split even">
        <div class="stack">
          ${agreement(seen)}
          ${
            seen.crossing
              ? html`<section class="card stack" aria-labelledby="crossing">
                <h2 id="crossing">Which answer met which</h2>
                ${crossingTable(seen.crossing, query.facets["cell"] ?? [], (value) => toggle(query, "cell", value))}
              </section>`
              : nothing
          }
        </div>
        ${figures(seen)}
      </div>
      <div class="row spread">
        <p class="lead" data-testid="matching">${count(matching)} matching ${matching === 1 ? "row" : "rows"} (${count(total)} total)</p>
        <button type="button" @click=${() => download("comparison")}>${icon("down")}Download comparison</button>
      </div>
      <div class="results">
        ${facetBar(seen.facets, query, FACETS)}
        <div class="stack">
          ${searchField(query, seen.fault)}
          ${
            matching === 0
              ? html`<div class="empty"><p class="empty-title">Filter matches nothing</p><button type="button" @click=${() => clear(FACETS)}>Clear filter</button></div>`
              : html`<bw-grid class="tall" .model=${gridModel(query, seen)}></bw-grid>`
          }
        </div>
      </div>
      <bw-pair-panel></bw-pair-panel>
    `;
  }

  /** The run that is most likely meant: the latest one over the same file. */
  #choose(list: readonly Run[]): void {
    const name = run.value?.data.name;
    const likely = list.find(({ data }) => data.name === name) ?? list[0];
    if (likely && run.value?.attempts.length) requery({ with: likely.id });
  }
}

/** Runs that have something to compare, the newest first. */
function others(open: Run, all: readonly Run[]): Run[] {
  return all.filter(({ id, attempts }) => id !== open.id && attempts.length > 0);
}

function chooser(open: Run, list: readonly Run[]): TemplateResult {
  const chosen = route.value.query.get("with") ?? "";
  return html`<div class="card chooser">
    <div class="field"><span class="side-name"><b class="letter">A</b> This run</span><p>${words(open)}</p></div>
    <div class="field">
      <label for="with"><b class="letter">B</b> Compare with</label>
      <select id="with" @change=${(event: Event) => requery({ with: (event.target as HTMLSelectElement).value, pair: null })}>
        ${list.map((other) => html`<option value=${other.id} ?selected=${other.id === chosen}>${words(other)}</option>`)}
      </select>
    </div>
    <button type="button" ?disabled=${chosen === ""} @click=${() => go(`${stepAddress(chosen, "compare")}?with=${open.id}`)}>Swap</button>
  </div>`;
}

function words({ name, settings, attempts, createdAt }: Run): string {
  const when = new Date(createdAt).toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
  return `${when} · ${name} · ${(attempts.at(-1)?.settings ?? settings).model}`;
}

function agreement({ kinds }: Comparison): TemplateResult {
  const of = (name: (typeof KINDS)[number]): number => kinds[KINDS.indexOf(name)] ?? 0;
  const both = of("same answer") + of("different answer");
  return html`<section class="card stack" aria-labelledby="agreement">
    <h2 id="agreement">Answers</h2>
    <p class="big" data-testid="agreement">${both === 0 ? "No row succeeded in both" : `${((100 * of("same answer")) / both).toFixed(1)} % agree`}</p>
    <p class="muted small">Of ${count(both)} rows that succeeded in both runs.</p>
    ${kindBar(kinds)}
  </section>`;
}

function figures({ a, b }: Comparison): TemplateResult {
  const line = (name: string, of: (side: Comparison["a"]) => number | null, say: (n: number) => string) => {
    const [x, y] = [of(a), of(b)];
    const known = x !== null && y !== null;
    return html`<tr><th scope="row">${name}</th>
      <td class="is-number">${x === null ? "unknown" : say(x)}</td><td class="is-number">${y === null ? "unknown" : say(y)}</td>
      <td class="is-number">${known ? html`${delta(y - x, say)} <span class="muted small">${shareOf(y - x, x)}</span>` : ""}</td></tr>`;
  };
  return html`<section class="card stack" aria-labelledby="figures">
    <h2 id="figures">Cost and tokens</h2>
    <div class="table-scroll bare" tabindex="0" role="group" aria-label="Cost and tokens"><table data-testid="figures">
      <thead><tr><td></td><th scope="col" class="is-number">A</th><th scope="col" class="is-number">B</th><th scope="col" class="is-number">B − A</th></tr></thead>
      <tbody>
        ${line("Cost", (side) => side.cost, dollars)}
        ${line("Input tokens", (side) => side.inputTokens, tokens)}
        ${line("Output tokens", (side) => side.outputTokens, tokens)}
      </tbody>
    </table></div>
    <p class="muted small">Over the rows that match, from reported usage. Models: A ${a.model}, B ${b.model}.</p>
  </section>`;
}

function delta(change: number, say: (n: number) => string): string {
  return change === 0 ? "±0" : `${change > 0 ? "+" : "−"}${say(Math.abs(change))}`;
}

function shareOf(change: number, from: number): string {
  return change === 0 || from === 0 ? "" : `${change > 0 ? "+" : "−"}${Math.abs((100 * change) / from).toFixed(0)} %`;
}

function gridModel(query: Query, seen: Comparison): object {
  const change = (of: (side: PairSide) => number | null, say: (n: number) => string) => (cells: PairCells) => {
    const [x, y] = [cells.a && of(cells.a), cells.b && of(cells.b)];
    return x === null || y === null ? "" : delta(y - x, say);
  };
  const answer = (side: PairSide | null): TemplateResult | string =>
    side === null
      ? html`<span class="muted">no row</span>`
      : side.outcome === "succeeded"
        ? marked(side.output, query.text)
        : html`<span class="wrong-words">${side.outcome}</span> ${marked(side.output, query.text)}`;
  const number = { width: "6.5rem", isNumber: true, isExtra: true, canSort: true };
  return {
    label: "Rows of both runs",
    count: seen.matching,
    version: seen,
    sort: query.sort,
    onSort: (id: string) => requery({ sort: query.sort === id ? `-${id}` : query.sort === `-${id}` ? null : id }),
    onOpen: (index: number) => requery({ pair: String(index + 1) }),
    columns: [
      { id: "key", label: "Key", width: "minmax(5rem, 8rem)", isExtra: true, cell: ({ key }: PairCells) => key },
      { id: "kind", label: "Answers", width: "minmax(9rem, 10rem)", cell: ({ kind }: PairCells) => kindCell(kind) },
      { id: "a", label: "A", width: "minmax(8rem, 2fr)", isExtra: true, cell: ({ a }: PairCells) => answer(a) },
      { id: "b", label: "B", width: "minmax(8rem, 2fr)", cell: ({ b }: PairCells) => answer(b) },
      { id: "out", label: "Out, B − A", ...number, cell: change((side) => side.outputTokens, count) },
      { id: "cost", label: "Cost, B − A", ...number, width: "7.5rem", cell: change((side) => side.cost, dollars) },
    ],
    rows: (from: number, size: number) => worker.pairs(from, size),
  };
}

function kindCell(kind: PairCells["kind"]): TemplateResult {
  const sign = kind === "same answer" ? "check" : kind === "different answer" ? "warn" : "cross";
  const tone = kind === "same answer" ? "succeeded" : kind === "different answer" ? "flagged" : "errored";
  return html`<span class=${`state ${tone}`}>${icon(sign)}${kind}</span>`;
}

function nothingToCompare(open: Run): TemplateResult {
  const isSent = open.attempts.length > 0;
  return html`<h1>Compare</h1><div class="empty">
    <p class="empty-title">${isSent ? "There is no other run yet" : "This run has no results yet"}</p>
    <p class="muted">${
      isSent
        ? "Duplicate this run, change its prompt or its model, send it, and see here what changed."
        : "Once it has some, they can be laid beside those of another run."
    }</p>
    ${
      isSent
        ? html`<button type="button" class="main" ?disabled=${busy.value !== null} @click=${() => duplicate(open.id)}>Duplicate run</button>`
        : html`<a class="button main" href=${stepAddress(open.id, "estimate")}>See the price</a>`
    }
  </div>`;
}

customElements.define("bw-compare", Compare);

// S1: what was brought, and what its columns are.
import { html, nothing, type TemplateResult } from "lit";
import { bytes, count, counted } from "../../js/cli/screen/format.js";
import { openSheet, setSettings, worker } from "../actions.js";
import { View } from "../lib/element.js";
import { madeId } from "../lib/made-id.js";
import { stepAddress } from "../lib/route.js";
import "../parts/grid.js";
import type { ColumnFacts, Run } from "../shared.js";
import { columns, facts, firstRows, run } from "../state.js";

/** Wider tables would be more than a page can hold; all columns are there for the prompt. */
const MOST_COLUMNS = 12;

type Row = readonly [number, readonly string[]];

class Data extends View {
  protected override render(): TemplateResult {
    const open = run.value;
    if (!open) return html``;
    const { data } = open;
    return html`
      <h1>Data</h1>
      <div class="split">
        <section class="card stack" aria-labelledby="file">
          <h2 id="file">${data.name}</h2>
          <p class="big">${open.isOpening ? "Reading all rows …" : counted(data.rowCount, "row")} · ${counted(data.columns.length, "column")}</p>
          <p class="muted">${bytes(data.bytes)}, ${data.form}</p>
          ${sheetField(open)}
          ${data.notes.length > 0 ? html`<ul class="notes">${data.notes.map((note) => html`<li>${note}</li>`)}</ul>` : nothing}
          ${data.raggedCount > 0 ? ragged(open) : nothing}
          ${data.kind === "table" ? keyField(open) : nothing}
          <div class="row"><a class="button main" href=${stepAddress(open.id, data.kind === "table" ? "prompt" : "check")}>
            Continue</a></div>
        </section>
        <section class="stack" aria-labelledby="columns">
          <h2 id="columns">Columns</h2>
          <ul class="column-cards">${columns.value.map(columnCard)}</ul>
        </section>
      </div>
      <section class="stack" aria-labelledby="rows">
        <h2 id="rows">Rows</h2>
        <bw-grid class="tall" .model=${gridModel(open)}></bw-grid>
      </section>
    `;
  }
}

function gridModel({ id, data, settings }: Run): object {
  const shown = data.columns.slice(0, MOST_COLUMNS);
  const known = firstRows.value;
  const numbered = (rows: readonly (readonly string[])[], from: number): Row[] =>
    rows.map((cells, at) => [from + at, cells]);
  return {
    label: `Rows of ${data.name}`,
    count: data.rowCount,
    version: `${id} ${data.sheet ?? ""}`,
    first: known?.id === id ? numbered(known.rows, 0) : [],
    columns: [
      { id: "#", label: "Row", width: "4.5rem", isNumber: true, cell: ([number]: Row) => count(number + 1) },
      ...madeIds(settings, data),
      ...shown.map((name, at) => ({
        id: name,
        label: name,
        width: `minmax(8rem, ${weightOf(name)}fr)`,
        isExtra: at > 1,
        cell: ([, cells]: Row) => cells[at] ?? "",
      })),
    ],
    rows: async (from: number, size: number): Promise<Row[]> => {
      const wanted = Array.from({ length: Math.min(size, data.rowCount - from) }, (_, n) => from + n);
      return numbered(await worker.cells(wanted), from);
    },
  };
}

/** The ids that rows go out under, where keys may not be sent as they are: each with its key as a tooltip. */
function madeIds({ key, keyAsId, skip }: Run["settings"], { columns: names }: Run["data"]): object[] {
  if (key === null || keyAsId) return [];
  const at = names.indexOf(key);
  const cell = ([number, cells]: Row): TemplateResult => {
    const made = madeId(number, skip);
    if (made === null) return html`<span class="muted">left out</span>`;
    return html`<span title=${`${key}: ${cells[at] ?? ""}`}>${made}</span>`;
  };
  return [{ id: "id sent", label: "Sent as", width: "6.5rem", isExtra: true, cell }];
}

/** Columns with long texts get more of the room, up to four times that of short ones. */
function weightOf(name: string): number {
  const longest = columns.value.find((column) => column.name === name)?.longest ?? 0;
  return Math.min(4, Math.max(1, Math.round(longest / 20)));
}

function sheetField({ data, attempts }: Run): TemplateResult | typeof nothing {
  const { sheets = [], sheet } = data;
  if (sheets.length < 2) return nothing;
  return html`<div class="field">
    <label for="sheet">Sheet</label>
    <select id="sheet" ?disabled=${attempts.length > 0} @change=${(event: Event) => openSheet((event.target as HTMLSelectElement).value)}>
      ${sheets.map((name) => html`<option value=${name} ?selected=${name === sheet}>${name}</option>`)}
    </select>
  </div>`;
}

function ragged({ data }: Run): TemplateResult {
  const { ragged: rows, raggedCount, columns: names } = data;
  const listed = rows
    .slice(0, 5)
    .map((row) => row + 1)
    .join(", ");
  return html`<div class="note warn">
    <p>${count(raggedCount)} ${raggedCount === 1 ? "row has" : "rows have"} another number of cells than the header (${names.length}):
      row ${listed}${raggedCount > 5 ? " …" : ""}. Missing cells are empty, and what is too much is left out.</p>
    <button type="button" @click=${() => setSettings({ skip: [...new Set([...(run.value?.settings.skip ?? []), ...rows])].sort((a, b) => a - b) })}>
      Leave these rows out</button>
  </div>`;
}

function keyField({ settings, data, isOpening }: Run): TemplateResult {
  const choose = (event: Event): void => {
    const name = (event.target as HTMLSelectElement).value;
    setSettings({ key: name === "" ? null : name, keyAsId: name !== "" });
  };
  return html`<div class="field">
    <label for="row-key">Row key</label>
    <select id="row-key" @change=${choose} ?disabled=${isOpening} aria-describedby="key-facts">
      <option value="" ?selected=${settings.key === null}>Number the rows</option>
      ${data.columns.map((name) => html`<option value=${name} ?selected=${settings.key === name}>${name}</option>`)}
    </select>
    <p id="key-facts" class="muted">${keyFacts(settings.key, settings.keyAsId)}</p>
  </div>`;
}

function keyFacts(key: string | null, keyAsId: boolean): TemplateResult | string {
  if (key === null) return "Rows go out as row-1, row-2 and so on.";
  if (!keyAsId) return "All keys valid: rows go out under made ids, and your keys come back with the results.";
  const groups = facts.value?.groups ?? [];
  const number = (code: string): number => groups.find((group) => group.code === code)?.count ?? 0;
  const duplicates = number("id/duplicate");
  const invalid = number("id/invalid") + number("id/missing");
  if (duplicates + invalid === 0) return "All keys are unique and may be sent as they are.";
  const parts = [
    ...(duplicates > 0 ? [`${count(duplicates)} duplicate keys`] : []),
    ...(invalid > 0 ? [`${count(invalid)} not allowed`] : []),
  ];
  return html`${parts.join(", ")}.
    <button type="button" @click=${() => setSettings({ keyAsId: false })}>Make valid IDs</button>`;
}

function columnCard({ name, type, empty, longest, distinct, samples }: ColumnFacts): TemplateResult {
  return html`<li class="column-card">
    <p class="column-name"><code>${name}</code> <span class="muted">${type}</span></p>
    <p class="small muted">${empty > 0 ? `${count(empty)} empty` : "none empty"}, longest ${bytes(longest)}${
      distinct === null ? "" : `, ${count(distinct)} different`
    }</p>
    <p class="small samples">${samples.join(" · ")}</p>
  </li>`;
}

customElements.define("bw-data", Data);

// S0: nothing is open. Three ways in.
import { signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { openFile, setSettings } from "../actions.js";
import { View } from "../lib/element.js";
import { icon } from "../lib/icons.js";
import { stepAddress } from "../lib/route.js";
import { SAMPLE_PROMPT, sample } from "../sample.js";
import { busy, run, runs } from "../state.js";

class Start extends View {
  readonly #isPasting = signal(false);

  protected override render(): TemplateResult {
    const unfinished = runs.value.filter(({ attempts }) => attempts.some(({ report, failure }) => !report && !failure));
    return html`<div class="start">
      <h1>Run many prompts over a table</h1>
      <p class="lead">Checked before it is sent, priced before it is paid, resumed after a reload.</p>
      <div class="drop">
        <p class="drop-words">${busy.value ?? "Drop a CSV, TSV, JSON, JSONL, XLSX or Parquet file anywhere"}</p>
        <div class="row">
          <button type="button" class="main" ?disabled=${busy.value !== null} @click=${trySample}>Try with sample data</button>
          <button type="button" ?disabled=${busy.value !== null} @click=${() => this.querySelector<HTMLInputElement>("input[type=file]")?.click()}>
            ${icon("file")}Open file</button>
          <input type="file" hidden accept=".csv,.tsv,.txt,.json,.jsonl,.ndjson,.gz,.xlsx,.parquet" @change=${picked}>
          <button type="button" aria-expanded=${this.#isPasting.value} @click=${() => (this.#isPasting.value = !this.#isPasting.value)}>
            Paste
          </button>
        </div>
        ${this.#isPasting.value ? paste() : nothing}
      </div>
      <p class="muted">Rows stay in this browser until you press Send. A file of requests, of results or of a run may be opened, too.</p>
      ${
        unfinished.length > 0
          ? html`<section class="card" aria-labelledby="unfinished">
            <h2 id="unfinished">${unfinished.length} ${unfinished.length === 1 ? "run" : "runs"} in progress</h2>
            <ul class="plain">
              ${unfinished.map(({ id, name }) => html`<li><a href=${stepAddress(id, "run")}>${name}</a></li>`)}
            </ul>
          </section>`
          : nothing
      }
      <ol class="facts">
        <li><h2>Check</h2><p>Every row is checked against the API's rules before it is sent, and problems are grouped by cause.</p></li>
        <li><h2>Price</h2><p>A range with a ceiling, a limit you set, and a pilot that shows what answers cost.</p></li>
        <li><h2>Keep</h2><p>Nothing is sent twice by accident. Close the page; the run goes on where it was.</p></li>
      </ol>
      <p class="muted small">Unofficial. Not made by Anthropic.</p>
    </div>`;
  }
}

function paste(): TemplateResult {
  const submit = (event: Event): void => {
    event.preventDefault();
    const text = new FormData(event.target as HTMLFormElement).get("rows");
    if (typeof text === "string" && text.trim() !== "") void openFile(new Blob([text]), "pasted rows");
  };
  return html`<form class="stack" @submit=${submit}>
    <label for="rows">Rows, the first one with the names of the columns</label>
    <textarea id="rows" name="rows" rows="6" spellcheck="false"></textarea>
    <div class="row"><button type="submit" class="main">Use these rows</button></div>
  </form>`;
}

async function trySample(): Promise<void> {
  const file = sample();
  await openFile(file, file.name);
  if (run.value?.settings.prompt === "") setSettings({ prompt: SAMPLE_PROMPT, maxTokens: 16 });
}

function picked(event: Event): void {
  const field = event.target as HTMLInputElement;
  const file = field.files?.[0];
  // The same file may be chosen again.
  field.value = "";
  if (file) void openFile(file, file.name);
}

customElements.define("bw-start", Start);

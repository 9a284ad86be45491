// A run whose rows are not in this browser: it came out of a run file, or the browser has thrown them away.
import { html, type TemplateResult } from "lit";
import { bytes, count, counted } from "../../js/cli/screen/format.js";
import { bringFile } from "../actions.js";
import { View } from "../lib/element.js";
import { icon } from "../lib/icons.js";
import { busy, run } from "../state.js";

class Ghost extends View {
  protected override render(): TemplateResult {
    const open = run.value;
    if (!open) return html``;
    const { data, attempts } = open;
    const batches = attempts.flatMap(({ report }) => report?.batches ?? []);
    return html`<h1>Bring ${data.name} again</h1>
      <div class="card stack narrow">
        <p>This run is known here, and its rows are not: a run file holds none. Choose the file that it was made from${
          open.fingerprint ? "; its fingerprint is checked" : ""
        }.</p>
        <p class="muted">${data.name}, ${bytes(data.bytes)}, ${counted(data.rowCount, "row")}${
          batches.length > 0
            ? `, sent in ${`${count(batches.length)} ${batches.length === 1 ? "batch" : "batches"}`}`
            : ""
        }. Results that were read before are fetched again.</p>
        <p class="muted">One browser at a time may drive a run: close it where it was before.</p>
        <div class="row"><label class="button main file">${icon("file")}${busy.value ?? `Pick ${data.name}`}
          <input type="file" class="hidden" @change=${picked}></label></div>
      </div>`;
  }
}

function picked(event: Event): void {
  const file = (event.target as HTMLInputElement).files?.[0];
  if (file) void bringFile(file);
}

customElements.define("bw-ghost", Ghost);

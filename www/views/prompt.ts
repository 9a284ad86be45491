// S2: the prompt, its columns, and what becomes of a row.
import { effect, signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { setSettings, worker } from "../actions.js";
import { View } from "../lib/element.js";
import { stepAddress } from "../lib/route.js";
import "../parts/editor.js";
import { parameters } from "../parts/parameters.js";
import type { Preview, Run } from "../shared.js";
import { facts, run } from "../state.js";

class Prompt extends View {
  readonly #row = signal(0);
  readonly #preview = signal<Preview | null>(null);
  readonly #tab = signal<"text" | "json">("text");
  #stopPreview: (() => void) | undefined;
  #number = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopPreview = effect(() => {
      const open = run.value;
      const row = this.#row.value;
      if (open) void this.#render(open, row);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopPreview?.();
  }

  protected override render(): TemplateResult {
    const open = run.value;
    if (!open) return html``;
    if (open.data.kind !== "table") return requestsNote(open);
    const { settings, data } = open;
    return html`
      <h1>Prompt</h1>
      <div class="split even">
        <form class="stack" @submit=${(event: Event) => event.preventDefault()}>
          <bw-editor .model=${{
            id: "system",
            label: "System",
            value: settings.system,
            rows: 3,
            columns: data.columns,
            hint: "The same for every row, unless it has {{columns}} in it. May be empty.",
            onInput: (system: string) => setSettings({ system }),
          }}></bw-editor>
          <bw-editor .model=${{
            id: "prompt",
            label: "User prompt",
            value: settings.prompt,
            rows: 9,
            columns: data.columns,
            hint: "Type {{ to choose a column. \\{{ stands for the braces themselves.",
            onInput: (prompt: string) => setSettings({ prompt }),
          }}></bw-editor>
          ${templateProblem(open)}
          ${parameters(settings)}
          <div class="row"><a class="button main" href=${stepAddress(open.id, "check")}>Continue</a></div>
        </form>
        ${this.#previewCard(open)}
      </div>
    `;
  }

  #previewCard({ data }: Run): TemplateResult {
    const preview = this.#preview.value;
    const row = this.#row.value;
    const step = (by: number) => () => (this.#row.value = Math.min(Math.max(0, row + by), data.rowCount - 1));
    const tab = this.#tab.value;
    return html`<section class="card stack preview" aria-labelledby="rendered">
      <div class="row spread">
        <h2 id="rendered">Rendered request</h2>
        <div class="row">
          <button type="button" ?disabled=${row === 0} @click=${step(-1)}>Previous</button>
          <span class="nowrap">Row ${row + 1} of ${data.rowCount.toLocaleString("en-US")}</span>
          <button type="button" ?disabled=${row >= data.rowCount - 1} @click=${step(1)}>Next</button>
        </div>
      </div>
      <div class="tabs" role="group" aria-label="Form">
        <button type="button" aria-pressed=${tab === "text"} @click=${() => (this.#tab.value = "text")}>Text</button>
        <button type="button" aria-pressed=${tab === "json"} @click=${() => (this.#tab.value = "json")}>JSON body</button>
      </div>
      ${preview?.problems.map((text) => html`<p class="note wrong">${text}</p>`)}
      ${
        !preview || preview.json === ""
          ? html`<p class="muted">Nothing to show yet: write a prompt, and this is what is sent for this row.</p>`
          : tab === "json"
            ? html`<pre class="body" tabindex="0" aria-label="JSON body">${preview.json}</pre>`
            : html`${preview.system === "" ? nothing : html`<h3>System</h3><pre class="body" tabindex="0" aria-label="System">${preview.system}</pre>`}
              <h3>User</h3><pre class="body" tabindex="0" aria-label="User" data-testid="preview">${preview.user}</pre>`
      }
    </section>`;
  }

  async #render({ settings, data }: Run, row: number): Promise<void> {
    this.#number += 1;
    const number = this.#number;
    if (settings.prompt.trim() === "" || data.rowCount === 0) {
      this.#preview.value = null;
      return;
    }
    const none = { json: "", system: "", user: "" };
    const preview = await worker
      .preview(settings, row)
      .catch((error: Error) => ({ ...none, problems: [error.message] }));
    if (number === this.#number) this.#preview.value = preview;
  }
}

/** What is wrong with the template itself, with the one button that mends it. */
function templateProblem({ settings }: Run): TemplateResult | typeof nothing {
  const group = facts.value?.groups.find(({ code }) => code === "template/unknown-column");
  const fault = facts.value?.fault;
  if (fault && fault.field === "prompt" && settings.prompt !== "")
    return html`<p class="note wrong" role="alert">${fault.message}</p>`;
  if (!group) return nothing;
  const [, wrong, meant] = /no column "([^"]*)"(?:; did you mean "([^"]*)")?/.exec(group.message) ?? [];
  const replace = (): void => {
    const mend = (text: string): string =>
      text.replaceAll(new RegExp(`\\{\\{\\s*${escaped(wrong ?? "")}\\s*\\}\\}`, "g"), () => `{{${meant}}}`);
    setSettings({ prompt: mend(settings.prompt), system: mend(settings.system) });
  };
  return html`<div class="note wrong" role="alert">
    <p>No column <code>${wrong}</code>.${meant === undefined ? "" : html` Did you mean <code>${meant}</code>?`}</p>
    ${meant === undefined ? nothing : html`<button type="button" @click=${replace}>Replace</button>`}
  </div>`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function requestsNote({ id, data }: Run): TemplateResult {
  return html`<h1>Prompt</h1>
    <p>${data.name} holds finished requests, so there is no prompt to write.</p>
    <div class="row"><a class="button main" href=${stepAddress(id, "check")}>Continue</a></div>`;
}

customElements.define("bw-prompt", Prompt);

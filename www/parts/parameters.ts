// The fields of a request beside its prompt.

import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { setSettings } from "../actions.js";
import { PRICES } from "../prices.js";
import type { Settings } from "../shared.js";
import { facts } from "../state.js";

const SCHEMA = `{
  "type": "object",
  "properties": { "label": { "type": "string", "enum": ["pos", "neg", "neutral"] } },
  "required": ["label"],
  "additionalProperties": false
}`;

/** Model, length, form of the answer, everything else. */
export function parameters(settings: Settings): TemplateResult {
  const { model, maxTokens, params, schema } = settings;
  const fault = facts.value?.fault;
  return html`
    <div class="fields">
      <div class="field">
        <label for="model">Model</label>
        <input id="model" list="models" .value=${live(model)} autocomplete="off" spellcheck="false"
          @change=${(event: Event) => setSettings({ model: textOf(event).trim() })}>
        <datalist id="models">${PRICES.flatMap(({ models, input, output }) =>
          models.map((name) => html`<option value=${name}>$${input} in, $${output} out per MTok</option>`),
        )}</datalist>
      </div>
      <div class="field">
        <label for="max-tokens">Max tokens</label>
        <input id="max-tokens" type="number" min="1" step="1" .value=${live(String(maxTokens))}
          @input=${(event: Event) => setSettings({ maxTokens: Math.max(1, Math.floor(Number(textOf(event))) || 1) })}>
      </div>
      <div class="field">
        <label for="output">Output</label>
        <select id="output" @change=${(event: Event) => setSettings({ schema: textOf(event) === "json" ? SCHEMA : null })}>
          <option value="text" ?selected=${schema === null}>Text</option>
          <option value="json" ?selected=${schema !== null}>JSON by a schema</option>
        </select>
      </div>
    </div>
    ${
      schema === null
        ? nothing
        : html`<div class="field">
          <label for="schema">Schema</label>
          <textarea id="schema" rows="7" spellcheck="false" class="code" .value=${live(schema)}
            @input=${(event: Event) => setSettings({ schema: textOf(event) })}></textarea>
          ${problems(["schema/"], fault?.field === "schema" ? fault.message : null)}
        </div>`
    }
    <div class="field">
      <label for="params">Extra parameters</label>
      <textarea id="params" rows="2" spellcheck="false" class="code" placeholder='{"stop_sequences": ["END"]}' .value=${live(params)}
        @input=${(event: Event) => setSettings({ params: textOf(event) })}></textarea>
      ${problems(["params/", "thinking/", "beta/", "tools/"], fault?.field === "params" ? fault.message : null)}
    </div>
  `;
}

function textOf(event: Event): string {
  return (event.target as HTMLInputElement).value;
}

/** What the check says about fields of the form, each with the button that takes the trouble away. */
function problems(codes: readonly string[], fault: string | null): TemplateResult | typeof nothing {
  if (fault !== null) return html`<p class="note wrong" role="alert">${fault}</p>`;
  const found = (facts.value?.groups ?? []).filter(({ code }) => codes.some((start) => code.startsWith(start)));
  if (found.length === 0) return nothing;
  return html`${found.map(
    ({ code, message, path }) => html`<div class="note wrong">
      <p><code>${code}</code> ${message}</p>
      ${canRemove(path) ? html`<button type="button" @click=${() => remove(path)}>Remove</button>` : nothing}
    </div>`,
  )}`;
}

function canRemove(path: string): boolean {
  const name = /^\/params\/([^/]+)$/.exec(path)?.[1];
  return name !== undefined && Object.hasOwn(extra(), name);
}

/** Takes an extra parameter out. */
export function remove(path: string): void {
  const { [path.replace("/params/", "")]: _gone, ...rest } = extra();
  setSettings({ params: Object.keys(rest).length === 0 ? "" : JSON.stringify(rest, null, 2) });
}

function extra(): Record<string, unknown> {
  const area = document.querySelector<HTMLTextAreaElement>("#params");
  try {
    return JSON.parse(area?.value || "{}") as Record<string, unknown>;
  } catch {
    return {};
  }
}

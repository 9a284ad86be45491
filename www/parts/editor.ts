// A text field in which `{{` brings a list of the table's columns. Columns are marked; unknown ones are underlined.
import { signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { View } from "../lib/element.js";

/** What an editor shows. */
export interface EditorModel {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly hint: string;
  readonly onInput: (value: string) => void;
}

interface Choice {
  /** Where the braces begin. */
  readonly from: number;
  readonly names: readonly string[];
  readonly at: number;
}

const MOST_NAMES = 8;

class Editor extends View {
  readonly #model = signal<EditorModel | null>(null);
  readonly #choice = signal<Choice | null>(null);

  set model(model: EditorModel) {
    this.#model.value = model;
  }

  protected override render(): TemplateResult {
    const model = this.#model.value;
    if (!model) return html``;
    const { id, label, value, rows, hint } = model;
    const choice = this.#choice.value;
    return html`<div class="field editor">
      <label for=${id}>${label}</label>
      <div class="editor-box">
        <div class="editor-mirror" aria-hidden="true">${marked(value, model.columns)}</div>
        <textarea id=${id} rows=${rows} .value=${live(value)} spellcheck="true" aria-autocomplete="list" aria-controls=${`${id}-columns`}
          aria-activedescendant=${choice ? `${id}-column-${choice.at}` : nothing} aria-describedby=${`${id}-hint`}
          @input=${this.#onInput} @keydown=${this.#onKey} @scroll=${this.#onScroll} @blur=${() => (this.#choice.value = null)}></textarea>
        <ul id=${`${id}-columns`} role="listbox" aria-label="Columns" class="choices" ?hidden=${choice === null}>
          ${choice?.names.map(
            (name, at) => html`<li id=${`${id}-column-${at}`} role="option" aria-selected=${at === choice.at}
              @mousedown=${(event: Event) => this.#pick(event, name)}>${name}</li>`,
          )}
        </ul>
      </div>
      <p id=${`${id}-hint`} class="muted small">${hint}</p>
    </div>`;
  }

  get #area(): HTMLTextAreaElement {
    return this.querySelector("textarea") as HTMLTextAreaElement;
  }

  readonly #onInput = (): void => {
    const { value, selectionStart } = this.#area;
    this.#model.value?.onInput(value);
    this.#offer(value, selectionStart);
    this.#onScroll();
  };

  readonly #onScroll = (): void => {
    const mirror = this.querySelector(".editor-mirror");
    if (mirror) mirror.scrollTop = this.#area.scrollTop;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const choice = this.#choice.value;
    if (!choice) return;
    const step = (by: number): void => {
      const { length } = choice.names;
      this.#choice.value = { ...choice, at: (choice.at + by + length) % length };
    };
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter" || event.key === "Tab") this.#pick(event, choice.names[choice.at] ?? "");
    else if (event.key === "Escape") this.#choice.value = null;
    else return;
    event.preventDefault();
  };

  /** Offers the columns that begin as what stands behind the open braces. */
  #offer(value: string, caret: number): void {
    const from = value.lastIndexOf("{{", caret);
    const typed = from < 0 ? null : value.slice(from + 2, caret);
    if (typed === null || /[}\n]/.test(typed) || value[from - 1] === "\\") {
      this.#choice.value = null;
      return;
    }
    const start = typed.trimStart().toLowerCase();
    const names = (this.#model.value?.columns ?? []).filter((name) => name.toLowerCase().startsWith(start));
    this.#choice.value = names.length === 0 ? null : { from, names: names.slice(0, MOST_NAMES), at: 0 };
  }

  #pick(event: Event, name: string): void {
    event.preventDefault();
    const choice = this.#choice.value;
    if (!choice) return;
    const area = this.#area;
    const rest = area.value.slice(area.selectionStart).replace(/^\s*\}\}/, "");
    const head = `${area.value.slice(0, choice.from)}{{${name}}}`;
    this.#choice.value = null;
    area.value = head + rest;
    area.setSelectionRange(head.length, head.length);
    this.#model.value?.onInput(area.value);
  }
}

/** The text with its columns marked, to lie behind the field. */
function marked(value: string, columns: readonly string[]): TemplateResult[] {
  const pieces = value.split(/((?<!\\)\{\{[^{}\n]*\}\})/);
  return pieces.map((piece, at) => {
    if (at % 2 === 0) return html`${piece}`;
    const isKnown = columns.includes(piece.slice(2, -2).trim());
    return html`<mark class=${isKnown ? "known" : "unknown"}>${piece}</mark>`;
  });
}

customElements.define("bw-editor", Editor);

// A dialog at the side that shows one of many things in full; the address says which.
import { effect, signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { View } from "./element.js";
import { requery, route } from "./route.js";

/** Open while there is something to show; the focus goes back to where it came from. */
export abstract class Panel<T> extends View {
  readonly #shown = signal<T | null>(null);
  #stopLoad: (() => void) | undefined;
  #opener: HTMLElement | null = null;

  /** What names the thing in the address, by its number from 1. */
  protected abstract readonly param: string;
  protected abstract readonly titleId: string;
  protected readonly look: string = "panel";

  /** Reads what the thing depends on beside the address. */
  protected abstract depend(): void;
  /** The thing with this number, from 0; null where there is none. */
  protected abstract load(number: number): Promise<T | null>;
  protected abstract content(shown: T): TemplateResult;
  /** Goes to the next thing, or the one before. */
  protected abstract step(by: number): void;

  /** What is open; null where nothing is. */
  protected get shown(): T | null {
    return this.#shown.value;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stopLoad = effect(() => {
      this.depend();
      void this.#load(this.#wanted(route.value));
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stopLoad?.();
  }

  protected override render(): TemplateResult {
    const shown = this.#shown.value;
    return html`<dialog class=${this.look} aria-labelledby=${this.titleId} @close=${this.#onClose} @keydown=${this.#onKey}>
      ${shown === null ? nothing : this.content(shown)}
    </dialog>`;
  }

  protected override updated(): void {
    const dialog = this.querySelector("dialog");
    const isWanted = this.#shown.value !== null;
    if (!dialog || dialog.open === isWanted) return;
    if (isWanted) {
      this.#opener = document.activeElement as HTMLElement | null;
      dialog.showModal();
    } else {
      dialog.close();
    }
  }

  /** Shows the thing with this number, from 0; nothing for null. */
  protected show(number: number | null): void {
    requery({ [this.param]: number === null ? null : String(number + 1) });
  }

  #wanted({ query }: typeof route.value): number {
    return Number(query.get(this.param) ?? 0);
  }

  async #load(number: number): Promise<void> {
    const found = number < 1 ? null : await this.load(number - 1).catch(() => null);
    if (this.#wanted(route.peek()) === number) this.#shown.value = found;
  }

  readonly #onClose = (): void => {
    if (this.#shown.value !== null) this.show(null);
    this.#opener?.focus();
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === "j") this.step(1);
    if (event.key === "k") this.step(-1);
  };
}

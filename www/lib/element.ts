// What every view is: an element that draws itself into the page and again when a signal it read has changed.
import { effect } from "@preact/signals-core";
import { LitElement } from "lit";

/** A custom element without a shadow: ids and styles are those of the page. */
export abstract class View extends LitElement {
  #stop: (() => void) | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
    this.#stop = undefined;
  }

  protected override performUpdate(): void {
    if (!this.isUpdatePending) return;
    this.#stop?.();
    let isDrawn = false;
    this.#stop = effect(() => {
      if (isDrawn) return this.requestUpdate();
      isDrawn = true;
      super.performUpdate();
      return undefined;
    });
  }
}

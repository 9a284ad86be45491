// A table of any length: only the rows that can be seen are in the page, and they come when they are asked for.
import { signal } from "@preact/signals-core";
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from "@tanstack/virtual-core";
import { html, nothing, type TemplateResult } from "lit";
import { View } from "../lib/element.js";
import { styled } from "../lib/styled.js";

/** A column of a grid. */
export interface GridColumn<T> {
  readonly id: string;
  readonly label: string;
  /** As CSS has it: `6rem`, `minmax(8rem, 1fr)`. */
  readonly width: string;
  readonly cell: (item: T) => TemplateResult | string;
  readonly isNumber?: boolean;
  readonly canSort?: boolean;
  /** Whether narrow pages leave it out. */
  readonly isExtra?: boolean;
}

/** What a grid shows. */
export interface GridModel<T> {
  readonly label: string;
  readonly columns: readonly GridColumn<T>[];
  readonly count: number;
  readonly rows: (from: number, count: number) => Promise<readonly T[]>;
  /** Another one: what was shown is out of date. */
  readonly version: unknown;
  readonly sort?: string;
  readonly onSort?: (column: string) => void;
  readonly onOpen?: (index: number, item: T) => void;
}

const ROW_PX = 36;
const OVERSCAN = 4;
const BLOCK = 100;

class Grid<T = unknown> extends View {
  readonly #model = signal<GridModel<T> | null>(null);
  readonly #window = signal(0);
  readonly #active = signal({ row: 0, column: 0 });
  #blocks = new Map<number, readonly T[]>();
  #asked = new Set<number>();
  #virtualizer: Virtualizer<HTMLElement, HTMLElement> | undefined;
  #clean: (() => void) | undefined;
  #wantsFocus = false;
  /** Rows that were in view at once, at the most. */
  #places = 0;

  set model(model: GridModel<T>) {
    // Whoever draws this grid must not be drawn again because of it.
    const old = this.#model.peek();
    if (!old || old.version !== model.version || old.count !== model.count) {
      this.#asked = new Set();
      if (!old || old.count !== model.count || model.count === 0) this.#blocks = new Map();
    }
    this.#model.value = model;
  }

  /** Puts the focus on a row. */
  focusRow(row: number): void {
    this.#move(row, this.#active.value.column);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#clean?.();
    this.#clean = undefined;
    this.#virtualizer = undefined;
  }

  protected override render(): TemplateResult {
    const model = this.#model.value;
    if (!model) return html``;
    void this.#window.value;
    const items = this.#virtualizer?.getVirtualItems() ?? [];
    if (items.length > 0) this.#ask(model, items[0]?.index ?? 0, items.at(-1)?.index ?? 0);
    const { columns, count, label } = model;
    const tracks = columns.map(({ width }) => width).join(" ");
    const isActiveShown = items.some(({ index }) => index === this.#active.value.row);
    return html`<div class="grid" role="grid" aria-label=${label} aria-rowcount=${count + 1} aria-colcount=${columns.length}
        data-testid="grid" tabindex=${isActiveShown ? -1 : 0} @keydown=${this.#onKey} ${styled({ "--tracks": tracks })}>
      <div class="grid-scroll">
        <div class="grid-head" role="rowgroup">
          <div class="grid-row" role="row" aria-rowindex="1">${columns.map((column) => header(model, column))}</div>
        </div>
        <div class="grid-body" role="rowgroup" ${styled({ height: `${count * ROW_PX}px` })}>
          ${this.#placed(items).map((item) => (item ? this.#row(model, item.index, item.start) : nothing))}
        </div>
      </div>
    </div>`;
  }

  protected override updated(): void {
    const model = this.#model.value;
    const scroll = this.querySelector<HTMLElement>(".grid-scroll");
    if (!model || !scroll) return;
    const options = {
      count: model.count,
      getScrollElement: () => scroll,
      estimateSize: () => ROW_PX,
      overscan: OVERSCAN,
      scrollPaddingStart: ROW_PX,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => (this.#window.value += 1),
    };
    if (this.#virtualizer) {
      const hasChanged = this.#virtualizer.options.count !== model.count;
      this.#virtualizer.setOptions(options);
      if (hasChanged) this.#virtualizer.measure();
    } else {
      this.#virtualizer = new Virtualizer<HTMLElement, HTMLElement>(options);
      this.#clean = this.#virtualizer._didMount();
      this.#virtualizer._willUpdate();
      this.#window.value += 1;
    }
    if (this.#wantsFocus) this.#focus();
    else this.#holdFocus();
  }

  /**
   * The rows in view, each in the place of one that has gone out of it: nodes are made once and filled anew, and the place
   * of a row in the page says nothing of its place on the screen.
   */
  #placed(items: readonly VirtualItem[]): (VirtualItem | undefined)[] {
    this.#places = Math.max(this.#places, items.length);
    const placed: (VirtualItem | undefined)[] = new Array(this.#places).fill(undefined);
    for (const item of items) placed[item.index % this.#places] = item;
    return placed;
  }

  #row(model: GridModel<T>, index: number, start: number): TemplateResult {
    const item = this.#blocks.get(Math.floor(index / BLOCK))?.[index % BLOCK];
    const active = this.#active.value;
    return html`<div class="grid-row" role="row" aria-rowindex=${index + 2} ${styled({ transform: `translateY(${start}px)` })}
        @click=${() => this.#click(index)} @dblclick=${() => this.#open(index)}>
      ${model.columns.map((column, at) => {
        const isActive = active.row === index && active.column === at;
        return html`<div class=${cellClass(column)} role="gridcell" aria-colindex=${at + 1} tabindex=${isActive ? 0 : -1}
          data-column=${at}>${item === undefined ? "…" : column.cell(item)}</div>`;
      })}
    </div>`;
  }

  #click(row: number): void {
    const cell = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>("[data-column]");
    this.#move(row, Number(cell?.dataset["column"] ?? this.#active.value.column));
    this.#open(row);
  }

  #open(row: number): void {
    const item = this.#blocks.get(Math.floor(row / BLOCK))?.[row % BLOCK];
    if (item !== undefined) this.#model.value?.onOpen?.(row, item);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const { row, column } = this.#active.value;
    const model = this.#model.value;
    if (!model || !(event.target as HTMLElement).matches("[role=grid], [role=gridcell]")) return;
    const page = Math.max(1, Math.floor((this.querySelector(".grid-scroll")?.clientHeight ?? 0) / ROW_PX) - 2);
    const ends = event.ctrlKey || event.metaKey;
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      PageDown: [row + page, column],
      PageUp: [row - page, column],
      Home: ends ? [0, 0] : [row, 0],
      End: ends ? [model.count - 1, column] : [row, model.columns.length - 1],
    };
    const to = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
    if (event.key === "Enter") this.#open(row);
    else if (to) this.#move(...to);
    else return;
    event.preventDefault();
  };

  #move(row: number, column: number): void {
    const model = this.#model.value;
    if (!model) return;
    const within = (value: number, most: number): number => Math.min(Math.max(0, value), Math.max(0, most));
    this.#active.value = { row: within(row, model.count - 1), column: within(column, model.columns.length - 1) };
    this.#wantsFocus = true;
    this.#virtualizer?.scrollToIndex(this.#active.value.row, { align: "auto" });
    this.requestUpdate();
  }

  #focus(): void {
    const cell = this.#activeCell();
    // It may have to be scrolled to first; then the next drawing finds it.
    if (!cell) return;
    cell.focus({ preventScroll: true });
    this.#wantsFocus = false;
  }

  /** A focus that was on a row which has been scrolled away waits on the grid for that row, not on the one in its place. */
  #holdFocus(): void {
    const focused = this.querySelector<HTMLElement>(":is([role=grid], [role=gridcell]):focus");
    const cell = this.#activeCell();
    if (!focused || focused === cell) return;
    (cell ?? this.querySelector<HTMLElement>("[role=grid]"))?.focus({ preventScroll: true });
  }

  #activeCell(): HTMLElement | null {
    return this.querySelector<HTMLElement>(`[aria-rowindex="${this.#active.peek().row + 2}"] > [tabindex="0"]`);
  }

  #ask(model: GridModel<T>, first: number, last: number): void {
    for (let block = Math.floor(first / BLOCK); block <= Math.floor(last / BLOCK); block += 1) {
      if (this.#asked.has(block)) continue;
      const asked = this.#asked;
      asked.add(block);
      void model.rows(block * BLOCK, BLOCK).then((rows) => {
        if (asked !== this.#asked) return;
        this.#blocks.set(block, rows);
        this.#window.value += 1;
      });
    }
  }
}

function header<T>(model: GridModel<T>, column: GridColumn<T>): TemplateResult {
  const { id, label, canSort } = column;
  const isSorted = model.sort?.replace(/^-/, "") === id;
  const order = isSorted ? (model.sort?.startsWith("-") ? "descending" : "ascending") : nothing;
  return html`<div class=${cellClass(column)} role="columnheader" aria-sort=${canSort ? order : nothing}>
    ${
      canSort
        ? html`<button type="button" class="sort" @click=${() => model.onSort?.(id)}>
          ${label}<span aria-hidden="true">${isSorted ? (order === "descending" ? " ↓" : " ↑") : ""}</span>
        </button>`
        : label
    }
  </div>`;
}

function cellClass<T>({ isNumber, isExtra }: GridColumn<T>): string {
  return ["cell", isNumber ? "is-number" : "", isExtra ? "is-extra" : ""].filter(Boolean).join(" ");
}

customElements.define("bw-grid", Grid);

declare global {
  interface HTMLElementTagNameMap {
    "bw-grid": Grid;
  }
}

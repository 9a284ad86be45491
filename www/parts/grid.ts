// A table of any length: only the rows that can be seen are in the page, and they come when they are asked for.
import { signal } from "@preact/signals-core";
import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { View } from "../lib/element.js";
import { styled } from "../lib/styled.js";
import { ROWS_AT_ONCE } from "../shared.js";

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
  /** The first rows, where they are known without asking. */
  readonly first?: readonly T[];
  /** Another one: what was shown is out of date. */
  readonly version: unknown;
  readonly sort?: string;
  readonly onSort?: (column: string) => void;
  readonly onOpen?: (index: number, item: T) => void;
}

/** Rows from `first` to before `end`. */
interface Span {
  readonly first: number;
  readonly end: number;
}

const ROW_PX = 36;
const OVERSCAN = 4;
const BLOCK = ROWS_AT_ONCE;

class Grid<T = unknown> extends View {
  readonly #model = signal<GridModel<T> | null>(null);
  /** Grows when rows have come. */
  readonly #filled = signal(0);
  /** The rows that are drawn. */
  readonly #drawn = signal<Span>({ first: 0, end: 0 });
  readonly #active = signal({ row: 0, column: 0 });
  #blocks = new Map<number, readonly T[]>();
  #asked = new Set<number>();
  #scroller: HTMLElement | undefined;
  #clean: (() => void) | undefined;
  /** Where it is scrolled to, and how much is seen there, as the browser has told: asking it would have it lay out. */
  #top = 0;
  #height = 0;
  #wantsFocus = false;
  /** Rows that were in view at once, at the most. */
  #places = 0;

  set model(model: GridModel<T>) {
    // Whoever draws this grid must not be drawn again because of it.
    const old = this.#model.peek();
    if (!old || old.version !== model.version || old.count !== model.count) {
      this.#asked = new Set();
      if (!old || old.count !== model.count || model.count === 0) this.#blocks = new Map();
      const { first = [], count } = model;
      if (first.length >= Math.min(BLOCK, count)) {
        this.#blocks.set(0, first);
        this.#asked.add(0);
      }
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
    this.#scroller = undefined;
  }

  protected override render(): TemplateResult {
    const model = this.#model.value;
    if (!model) return html``;
    void this.#filled.value;
    const { columns, count, label } = model;
    const first = Math.min(this.#drawn.value.first, count);
    const end = Math.min(this.#drawn.value.end, count);
    if (first < end) this.#ask(model, first, end - 1);
    const tracks = columns.map(({ width }) => width).join(" ");
    const isActiveShown = this.#active.value.row >= first && this.#active.value.row < end;
    return html`<div class="grid" role="grid" aria-label=${label} aria-rowcount=${count + 1} aria-colcount=${columns.length}
        data-testid="grid" tabindex=${isActiveShown ? -1 : 0} @keydown=${this.#onKey} ${styled({ "--tracks": tracks })}>
      <div class="grid-scroll">
        <div class="grid-head" role="rowgroup">
          <div class="grid-row" role="row" aria-rowindex="1">${columns.map((column) => header(model, column))}</div>
        </div>
        <div class="grid-body" role="rowgroup" ${styled({ height: `${count * ROW_PX}px` })}>
          ${this.#placed(first, end).map((row) => (row === undefined ? nothing : this.#row(model, row)))}
        </div>
      </div>
    </div>`;
  }

  protected override updated(): void {
    const model = this.#model.value;
    const scroller = this.querySelector<HTMLElement>(".grid-scroll");
    if (!model || !scroller) return;
    if (scroller !== this.#scroller) this.#watch(scroller);
    if (this.#wantsFocus) this.#focus();
    else this.#holdFocus();
  }

  #watch(scroller: HTMLElement): void {
    this.#clean?.();
    this.#scroller = scroller;
    const scrolled = (): void => {
      this.#top = scroller.scrollTop;
      this.#look();
    };
    const sizes = new ResizeObserver(() => {
      this.#height = scroller.clientHeight;
      scrolled();
    });
    scroller.addEventListener("scroll", scrolled, { passive: true });
    sizes.observe(scroller);
    this.#clean = () => {
      scroller.removeEventListener("scroll", scrolled);
      sizes.disconnect();
    };
    this.#height = scroller.clientHeight;
    scrolled();
  }

  /** Has the rows drawn that are seen now, and some on both sides. */
  #look(): void {
    const first = Math.max(0, Math.floor(this.#top / ROW_PX) - OVERSCAN);
    const end = Math.ceil((this.#top + this.#height) / ROW_PX) + OVERSCAN;
    const drawn = this.#drawn.peek();
    if (drawn.first !== first || drawn.end !== end) this.#drawn.value = { first, end };
  }

  /**
   * The rows in view, each in the place of one that has gone out of it: nodes are made once and filled anew, and the place
   * of a row in the page says nothing of its place on the screen.
   */
  #placed(first: number, end: number): (number | undefined)[] {
    this.#places = Math.max(this.#places, end - first);
    const placed: (number | undefined)[] = new Array(this.#places).fill(undefined);
    for (let row = first; row < end; row += 1) placed[row % this.#places] = row;
    return placed;
  }

  /** A row. What was there before stays as it is where nothing of it has changed. */
  #row(model: GridModel<T>, index: number): unknown {
    const item = this.#blocks.get(Math.floor(index / BLOCK))?.[index % BLOCK];
    const { row, column } = this.#active.value;
    const active = row === index ? column : -1;
    return guard([model, index, item, active], () => this.#cells(model, index, item, active));
  }

  #cells(model: GridModel<T>, index: number, item: T | undefined, active: number): TemplateResult {
    return html`<div class="grid-row" role="row" aria-rowindex=${index + 2} ${styled({ transform: `translateY(${index * ROW_PX}px)` })}
        @click=${() => this.#click(index)} @dblclick=${() => this.#open(index)}>
      ${model.columns.map(
        (
          column,
          at,
        ) => html`<div class=${cellClass(column)} role="gridcell" aria-colindex=${at + 1} tabindex=${active === at ? 0 : -1}
          data-column=${at}>${item === undefined ? "…" : column.cell(item)}</div>`,
      )}
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
    this.#show(this.#active.value.row);
    this.requestUpdate();
  }

  /** Scrolls as little as it takes for a row to be seen below the head. */
  #show(row: number): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const head = scroller.querySelector<HTMLElement>(".grid-head")?.offsetHeight ?? 0;
    const top = row * ROW_PX;
    const lowest = top + ROW_PX + head - scroller.clientHeight;
    if (scroller.scrollTop > top) scroller.scrollTop = top;
    else if (scroller.scrollTop < lowest) scroller.scrollTop = lowest;
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
    // Those on both sides, too: who scrolls there finds them.
    const from = Math.max(0, Math.floor(first / BLOCK) - 1);
    const to = Math.min(Math.floor((model.count - 1) / BLOCK), Math.floor(last / BLOCK) + 1);
    for (let block = from; block <= to; block += 1) {
      if (this.#asked.has(block)) continue;
      const asked = this.#asked;
      asked.add(block);
      void model.rows(block * BLOCK, BLOCK).then((rows) => {
        if (asked !== this.#asked) return;
        this.#blocks.set(block, rows);
        this.#filled.value += 1;
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

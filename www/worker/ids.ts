// Which row an id on the wire is.
import type { Settings } from "../shared.js";
import type { Packed } from "./packed.js";

/** The ids of the rows of one attempt, both ways. */
export class Ids {
  readonly #rows: Packed;
  readonly #kept: Uint32Array;
  readonly #column: number;
  #byId: Map<string, number> | null = null;

  constructor(rows: Packed, settings: Settings, kept: Uint32Array, isRequests: boolean) {
    this.#rows = rows;
    this.#kept = kept;
    const own = settings.keyAsId && settings.key !== null ? rows.columns.indexOf(settings.key) : -1;
    this.#column = isRequests ? 0 : own;
  }

  /** The row with this id; -1 where there is none. */
  rowOf(id: string): number {
    if (this.#column < 0) {
      const number = /^row-(\d+)$/.exec(id)?.[1];
      return number === undefined ? -1 : (this.#kept[Number(number) - 1] ?? -1);
    }
    if (!this.#byId) {
      this.#byId = new Map();
      const ids = this.#rows.index.column(this.#column, this.#kept);
      for (const [at, id] of ids.entries()) this.#byId.set(id.trim(), this.#kept[at] as number);
    }
    return this.#byId.get(id) ?? -1;
  }
}

// Lists in pages, as the official SDK gives them.
import { type Answer, APIPromise, answerOf } from "./api-promise.js";
import { BatchwiseError } from "./errors.js";
import type { BatchListParams } from "./types.js";
import type { RawAnswer } from "./wasm/batchwise_bg.js";

/** What a list call answers. */
export interface PageData<Item> {
  data: Item[];
  has_more?: boolean;
  first_id?: string | null;
  last_id?: string | null;
}

/** Fetches the page that a query asks for. */
export type FetchPage = (query: BatchListParams) => Promise<RawAnswer>;

/** One page of a list, newest first; iterating goes over its items and on through all further pages. */
export class Page<Item> implements AsyncIterable<Item> {
  readonly data: Item[];
  /** Whether there is more in the direction that is read. */
  readonly has_more: boolean;
  readonly first_id: string | null;
  readonly last_id: string | null;
  readonly #query: BatchListParams;
  readonly #fetch: FetchPage;

  /** @internal */
  constructor(answer: PageData<Item>, query: BatchListParams, fetch: FetchPage) {
    this.data = answer.data;
    this.has_more = answer.has_more ?? false;
    this.first_id = answer.first_id ?? null;
    this.last_id = answer.last_id ?? null;
    this.#query = query;
    this.#fetch = fetch;
  }

  /** Whether `getNextPage` would bring one. */
  hasNextPage(): boolean {
    return this.#next() !== null;
  }

  /** The page after this one: older items, or newer ones where the list was asked for with `before_id`. */
  async getNextPage(): Promise<Page<Item>> {
    const query = this.#next();
    if (!query) throw new BatchwiseError("misuse/order", "there is no next page; ask hasNextPage() first");
    return (await fetched<Item>(query, this.#fetch)).data;
  }

  /** The items of this page. */
  getPaginatedItems(): Item[] {
    return this.data;
  }

  /** This page and all that follow. */
  async *iterPages(): AsyncGenerator<Page<Item>, void> {
    let page: Page<Item> = this;
    yield page;
    while (page.hasNextPage()) {
      page = await page.getNextPage();
      yield page;
    }
  }

  /** The items of this page and of all that follow. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void> {
    for await (const page of this.iterPages()) yield* page.data;
  }

  #next(): BatchListParams | null {
    if (!this.has_more || this.data.length === 0) return null;
    const { after_id, before_id, ...rest } = this.#query;
    const backward = before_id !== undefined;
    const cursor = backward ? this.first_id : this.last_id;
    // A server that answers the same page again and again would never end.
    if (!cursor || cursor === (backward ? before_id : after_id)) return null;
    return backward ? { ...rest, before_id: cursor } : { ...rest, after_id: cursor };
  }
}

/** A page to be awaited, or the items of all pages to be iterated over at once. */
export class PagePromise<Item> extends APIPromise<Page<Item>> implements AsyncIterable<Item> {
  /** The items of this page and of all that follow. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void> {
    yield* await this;
  }
}

/** The promise of the page that `query` asks for. */
export function pagePromise<Item>(query: BatchListParams, fetch: FetchPage): PagePromise<Item> {
  return new PagePromise(fetched<Item>(query, fetch));
}

async function fetched<Item>(query: BatchListParams, fetch: FetchPage): Promise<Answer<Page<Item>>> {
  return answerOf(await fetch(query), (json) => new Page(json as PageData<Item>, query, fetch));
}

// What a call answers, as the official SDK gives it: the object to be awaited, and the response behind it for who asks.
import type { RawAnswer } from "./wasm/batchwise_bg.js";

/** An object of the API, with the names of the exchange and the workspace it came from. Printing and copying leave them out. */
export type WithRequestID<T> = T & { _request_id?: string | null; _workspace_id?: string | null };

/** What `withResponse` gives. */
export interface WithResponse<T> {
  readonly data: WithRequestID<T>;
  readonly response: Response;
  readonly request_id: string | null;
  readonly workspace_id: string | null;
}

/** @internal What a call answered: the object, and what the response is made of. */
export interface Answer<T> {
  readonly data: WithRequestID<T>;
  readonly raw: RawAnswer;
}

/** The object that a call answers; `asResponse` and `withResponse` show the response, too. */
export class APIPromise<T> extends Promise<WithRequestID<T>> {
  /** What `then` gives is an ordinary promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  readonly #answer: Promise<Answer<T>>;

  /** @internal Made by the endpoints. */
  constructor(answer: Promise<Answer<T>>) {
    // What this promise holds itself is never looked at, so it must not fail unheard.
    super((resolve) => resolve(undefined as never));
    this.#answer = answer;
  }

  /** The response alone. It is made of what was read: its URL is not known. */
  async asResponse(): Promise<Response> {
    return responseOf((await this.#answer).raw);
  }

  /** The object and the response. */
  async withResponse(): Promise<WithResponse<T>> {
    const { data, raw } = await this.#answer;
    const response = responseOf(raw);
    const named = (header: string) => response.headers.get(header);
    return { data, response, request_id: named("request-id"), workspace_id: named("anthropic-workspace-id") };
  }

  // biome-ignore lint/suspicious/noThenProperty: a promise has one
  override then<R = WithRequestID<T>, E = never>(
    done?: ((value: WithRequestID<T>) => R | PromiseLike<R>) | null,
    failed?: ((reason: unknown) => E | PromiseLike<E>) | null,
  ): Promise<R | E> {
    return this.#answer.then(({ data }) => data).then(done, failed);
  }

  override catch<E = never>(failed?: ((reason: unknown) => E | PromiseLike<E>) | null): Promise<WithRequestID<T> | E> {
    return this.then(undefined, failed);
  }

  override finally(ended?: (() => void) | null): Promise<WithRequestID<T>> {
    return this.#answer.then(({ data }) => data).finally(ended);
  }
}

const NAMED = [
  ["_request_id", "request-id"],
  ["_workspace_id", "anthropic-workspace-id"],
] as const;

/** @internal The answer that `raw` is, its object made by `of` from the JSON. */
export function answerOf<T extends object>(raw: RawAnswer, of: (json: unknown) => T): Answer<T> {
  const data = of(JSON.parse(raw.text));
  for (const [property, header] of NAMED) {
    const [, value = null] = raw.headers.find(([name]) => name === header) ?? [];
    Object.defineProperty(data, property, { value, enumerable: false });
  }
  return { data, raw };
}

function responseOf({ text, status, headers }: RawAnswer): Response {
  return new Response(text, { status, headers });
}

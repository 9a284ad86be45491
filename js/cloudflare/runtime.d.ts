// What the runtime of Cloudflare Workers has beyond the web's own, as far as it is used here. It is not published: users
// have the types of their runtime.
declare module "cloudflare:workers" {
  export abstract class DurableObject<Env = unknown> {
    protected readonly ctx: import("./bindings.js").ObjectContext;
    protected readonly env: Env;
    constructor(ctx: import("./bindings.js").ObjectContext, env: Env);
  }

  export abstract class WorkflowEntrypoint<Env = unknown, Params = unknown> {
    protected readonly env: Env;
    constructor(ctx: unknown, env: Env);
    run(event: { readonly payload: Readonly<Params> }, step: import("./bindings.js").WorkflowSteps): Promise<unknown>;
  }
}

declare class FixedLengthStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  constructor(length: number);
}

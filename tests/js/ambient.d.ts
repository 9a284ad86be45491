// What a Worker imports from its runtime, as far as the tests use it.
declare module "cloudflare:workers" {
  export const env: Readonly<Record<string, unknown>>;

  export class DurableObject {
    protected readonly ctx: { readonly storage: import("batchwise").ObjectStorage };
  }
}

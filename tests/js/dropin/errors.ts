// What callers catch. The server answers at /status/<code>[/<cause>] with that status, at /silent not at all.
import Anthropic, {
  AnthropicError,
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from "@anthropic-ai/sdk";

const base = process.env["ANTHROPIC_BASE_URL"] ?? "";
const named = {
  AnthropicError,
  APIConnectionError,
  APIConnectionTimeoutError,
  APIError,
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
};
const held = {
  ClaudeCodeKeyCreatorNotMember: Anthropic.ClaudeCodeKeyCreatorNotMemberError,
  CMEKKeyDisabled: Anthropic.CMEKKeyDisabledError,
  ContentTooLarge: Anthropic.ContentTooLargeError,
  ClientClosedRequest: Anthropic.ClientClosedRequestError,
  EnforcedSpendLimitReached: Anthropic.EnforcedSpendLimitReachedError,
  GatewayTimeout: Anthropic.GatewayTimeoutError,
  NotImplemented: Anthropic.NotImplementedError,
  OrganizationOnHold: Anthropic.OrganizationOnHoldError,
  Overloaded: Anthropic.OverloadedError,
  PaymentRequired: Anthropic.PaymentRequiredError,
  PreconditionFailed: Anthropic.PreconditionFailedError,
  RequestHeaderFieldsTooLarge: Anthropic.RequestHeaderFieldsTooLargeError,
  RequestTimeout: Anthropic.RequestTimeoutError,
  ServiceUnavailable: Anthropic.ServiceUnavailableError,
};

async function caught(what: string, work: () => PromiseLike<unknown>): Promise<void> {
  try {
    await work();
    console.log(what, "went well");
  } catch (error) {
    const classes = Object.entries({ ...named, ...held }).filter(([, Class]) => error instanceof Class);
    console.log(what, "is", classes.map(([name]) => name).join(" "));
    if (!(error instanceof Anthropic.APIError)) return;
    console.log(" ", error.name, error.status, error.type, error.errorCode, error.apiMessage);
    console.log(" ", error.requestID ?? null, error.workspaceID ?? null, error.headers?.get("x-extra"));
    console.log(" ", JSON.stringify(error.details), JSON.stringify(error.error));
  }
}

for (const code of [
  400, 401, 402, 403, 404, 408, 409, 412, 413, 418, 422, 429, 431, 499, 500, 501, 502, 503, 504, 529,
]) {
  const client = new Anthropic({ baseURL: `${base}/status/${code}`, maxRetries: 0 });
  await caught(`status ${code}`, () => client.messages.batches.retrieve("msgbatch_013Zva2CMHLNnXjNJJKqJ2EF"));
  await caught(`status ${code} of a page`, () => client.messages.batches.list({ limit: 1 }));
}

for (const cause of [
  "400/cmek_key_disabled",
  "400/organization_on_hold",
  "400/claude_code_key_creator_not_member",
  "429/enforced_spend_limit_reached",
  "404/enforced_spend_limit_reached",
]) {
  const client = new Anthropic({ baseURL: `${base}/status/${cause}`, maxRetries: 0 });
  await caught(cause, () => client.messages.batches.retrieve("msgbatch_013Zva2CMHLNnXjNJJKqJ2EF"));
}

const client = new Anthropic({ maxRetries: 0 });
await caught("an unknown batch", () => client.messages.batches.retrieve("msgbatch_nobody"));
await caught("results of an unknown batch", () => client.messages.batches.results("msgbatch_nobody"));
await caught("an empty create", () => client.messages.batches.create({ requests: [] }));
await caught("a wrong key", () => new Anthropic({ apiKey: "sk-ant-invalid-key" }).messages.batches.list());
await caught("an unfinished batch", async () => {
  const one = { model: "claude-opus-5-5", max_tokens: 9, messages: [{ role: "user" as const, content: "Hi" }] };
  const { id } = await client.messages.batches.create({ requests: [{ custom_id: "one", params: one }] });
  await client.messages.batches.results(id);
});

const silent = new Anthropic({ baseURL: `${base}/silent`, maxRetries: 0, timeout: 40 });
await caught("silence", () => silent.messages.batches.retrieve("msgbatch_a"));
await caught("silence, by the call's limit", () =>
  new Anthropic({ baseURL: `${base}/silent` }).messages.batches.list({}, { timeout: 40, maxRetries: 0 }),
);
await caught("nobody there", () =>
  new Anthropic({ baseURL: "http://127.0.0.1:9", maxRetries: 0 }).messages.batches.retrieve("msgbatch_a"),
);
await caught("a signal that has fired", () =>
  client.messages.batches.retrieve("msgbatch_a", {}, { signal: AbortSignal.abort() }),
);
const leaving = new AbortController();
setTimeout(() => leaving.abort(), 20);
await caught("a signal that fires", () =>
  new Anthropic({ baseURL: `${base}/silent` }).messages.batches.list({}, { signal: leaving.signal }),
);

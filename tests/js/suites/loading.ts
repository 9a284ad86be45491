// The package as built can be loaded, in every runtime, without a step by the caller; and it exports this and no more.
import * as batchwise from "batchwise";
import { assert, test } from "../harness.js";

test("the package loads without a step by the caller", () => {
  assert.equal(typeof batchwise.Batchwise, "function");
});

// Whoever widens the surface changes this list, and sees that he does.
const SURFACE = [
  "APIConnectionError",
  "APIConnectionTimeoutError",
  "APIError",
  "APIPromise",
  "APIUserAbortError",
  "AmbiguousCreateError",
  "AnthropicError",
  "AuthenticationError",
  "BadRequestError",
  "Batches",
  "Batchwise",
  "BatchwiseError",
  "CMEKKeyDisabledError",
  "CellIndex",
  "ClaudeCodeKeyCreatorNotMemberError",
  "ClientClosedRequestError",
  "ConflictError",
  "ContentTooLargeError",
  "EnforcedSpendLimitReachedError",
  "GatewayTimeoutError",
  "InternalServerError",
  "InvalidRequestsError",
  "Job",
  "NotFoundError",
  "NotImplementedError",
  "OrganizationOnHoldError",
  "OverloadedError",
  "Page",
  "PRICES",
  "PRICES_AS_OF",
  "PagePromise",
  "PaymentRequiredError",
  "PermissionDeniedError",
  "Plan",
  "PreconditionFailedError",
  "RateLimitError",
  "RequestHeaderFieldsTooLargeError",
  "RequestTimeoutError",
  "ResultBlock",
  "ResultIndex",
  "ResultStream",
  "ResultsUnavailableError",
  "ServiceUnavailableError",
  "SpendLimitError",
  "StoreConflictError",
  "StoreError",
  "TableSource",
  "TruncatedResultsError",
  "UnprocessableEntityError",
  "costOf",
  "denoKvStore",
  "durableObjectStore",
  "fileStore",
  "followJob",
  "indexedDbStore",
  "memoryStore",
  "readCells",
  "table",
  "usePrices",
];

test("the package exports this and no more", () => {
  assert.sameMembers(Object.keys(batchwise), SURFACE);
});

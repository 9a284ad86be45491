// Refusals whose cause has a class of its own in the official SDK, as far as its batch endpoints document them.
import { type APIError, BadRequestError, RateLimitError } from "./errors.js";

/** The member who made the key is in the organisation no more. */
export class ClaudeCodeKeyCreatorNotMemberError extends BadRequestError {
  protected static override readonly errorName: string = "ClaudeCodeKeyCreatorNotMemberError";
}

/** The key with which the workspace's data is encrypted is switched off. */
export class CMEKKeyDisabledError extends BadRequestError {
  protected static override readonly errorName: string = "CMEKKeyDisabledError";
}

/** The organisation is on hold; `details` says where it can appeal, if anywhere. */
export class OrganizationOnHoldError extends BadRequestError {
  protected static override readonly errorName: string = "OrganizationOnHoldError";
}

/** The organisation has spent what it may: waiting does not help. */
export class EnforcedSpendLimitReachedError extends RateLimitError {
  protected static override readonly errorName: string = "EnforcedSpendLimitReachedError";
}

/** @internal By status and `error.details.error_code`. */
export const BY_CAUSE: Readonly<Record<string, typeof APIError>> = {
  "400 claude_code_key_creator_not_member": ClaudeCodeKeyCreatorNotMemberError,
  "400 cmek_key_disabled": CMEKKeyDisabledError,
  "400 organization_on_hold": OrganizationOnHoldError,
  "429 enforced_spend_limit_reached": EnforcedSpendLimitReachedError,
};

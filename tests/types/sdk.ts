// Values of the official SDK's types and of ours may stand for each other, both ways.
import type Anthropic from "@anthropic-ai/sdk";
import type { BaseAnthropic } from "@anthropic-ai/sdk";
import type * as ours from "batchwise";
import { Batchwise } from "batchwise";

type Sdk = Anthropic.Messages.MessageBatch;
type Line = Anthropic.Messages.MessageBatchIndividualResponse;
type Deleted = Anthropic.Messages.DeletedMessageBatch;
type Request = Anthropic.Messages.BatchCreateParams.Request;
type Create = Anthropic.Messages.BatchCreateParams;
type List = Anthropic.Messages.BatchListParams;

/** Compiles only where each of the two may be assigned to the other. */
type Both<A extends B, B extends C, C = A> = [A, B, C];

export type Same = [
  Both<Sdk, ours.MessageBatch>,
  Both<Deleted, ours.DeletedMessageBatch>,
  Both<Line, ours.MessageBatchIndividualResponse>,
  Both<Anthropic.Messages.MessageBatchResult, ours.MessageBatchResult>,
  Both<Anthropic.Messages.MessageBatchRequestCounts, ours.MessageBatchRequestCounts>,
  Both<Anthropic.Messages.Message, ours.Message>,
  Both<Anthropic.Messages.Usage, ours.Usage>,
  Both<Anthropic.Messages.ContentBlock, ours.ContentBlock>,
  Both<Anthropic.ErrorResponse, ours.ErrorResponse>,
  Both<Request, ours.BatchRequest>,
  Both<Create, ours.BatchCreateParams>,
  Both<List, ours.BatchListParams>,
];

/** A client of the official SDK may do the calls. */
export const borrowed = (client: Anthropic): ours.Batchwise => Batchwise.from(client);

/** The names that the official SDK has for types and classes are there. */
export type Named = [
  Both<Anthropic.Messages.MessageBatch, ours.Batchwise.Messages.MessageBatch>,
  Both<Anthropic.Messages.Batches.BatchCreateParams, ours.Batchwise.Messages.Batches.BatchCreateParams>,
  Both<Anthropic.Messages.Batches.BatchCreateParams.Request, ours.Batchwise.Messages.BatchCreateParams.Request>,
];
/** Those of the official SDK's classes that have to do with batches. */
export const classes: Record<Extract<keyof typeof BaseAnthropic, `${string}Error`> | Cause, unknown> = Batchwise;
type Cause =
  | "ClaudeCodeKeyCreatorNotMemberError"
  | "CMEKKeyDisabledError"
  | "EnforcedSpendLimitReachedError"
  | "OrganizationOnHoldError";

// A type test that cannot fail shows nothing.
// @ts-expect-error A batch is no deleted batch.
export type Different = Both<Sdk, ours.DeletedMessageBatch>;
// @ts-expect-error Nor does one direction do.
export type OneWay = Both<{ a: 1; b: 2 }, { a: 1 }>;

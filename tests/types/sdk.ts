// Values of the official SDK's types and of ours may stand for each other, both ways.
import type Anthropic from "@anthropic-ai/sdk";
import type * as ours from "batchwise";

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

// A type test that cannot fail shows nothing.
// @ts-expect-error A batch is no deleted batch.
export type Different = Both<Sdk, ours.DeletedMessageBatch>;
// @ts-expect-error Nor does one direction do.
export type OneWay = Both<{ a: 1; b: 2 }, { a: 1 }>;

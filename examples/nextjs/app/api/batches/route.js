// POST: the lines of the body become a batch.
import { BadRequestError, Batchwise, InvalidRequestsError } from "batchwise";
import { requestsOf } from "../../requests.js";

export const runtime = "edge";

export async function POST(request) {
  // The key comes from ANTHROPIC_API_KEY. A client is cheap, and one for each request shares nothing with another.
  const client = new Batchwise();
  const requests = requestsOf(await request.text());
  try {
    await client.plan(requests); // throws before anything is sent, and names the line that is wrong
    return Response.json(await client.messages.batches.create({ requests }));
  } catch (error) {
    if (error instanceof InvalidRequestsError || error instanceof BadRequestError) {
      return Response.json({ message: error.message }, { status: 400 });
    }
    throw error;
  }
}

// GET: how a batch stands.
import { Batchwise, NotFoundError } from "batchwise";

export const runtime = "edge";

export async function GET(_request, { params }) {
  const { id } = await params;
  try {
    return Response.json(await new Batchwise().messages.batches.retrieve(id));
  } catch (error) {
    if (error instanceof NotFoundError) return Response.json({ message: error.message }, { status: 404 });
    throw error;
  }
}

// The JSON Lines handler of Vercel's AI SDK, as its own code reads results with it: no schema to check against.
import { createJsonLinesResponseHandler, jsonSchema } from "@ai-sdk/provider-utils";

const handle = createJsonLinesResponseHandler(jsonSchema({}));

/** The parsed lines of `body`. */
export async function jsonLines(body) {
  const { value } = await handle({
    response: new Response(body),
    url: "https://api.test/results",
    requestBodyValues: {},
  });
  return value;
}

// The relay as a Cloudflare Worker: it holds the key, and pages with the access token call it.
import { createRelay } from "batchwise/relay";

export default {
  fetch(request, env) {
    const relay = createRelay({
      apiKey: env.ANTHROPIC_API_KEY,
      accessToken: env.ACCESS_TOKEN,
      baseURL: env.ANTHROPIC_BASE_URL,
      allowOrigins: env.ALLOW_ORIGINS?.split(",").map((origin) => origin.trim()),
      // What a Worker takes on the free and the pro plan.
      maxBodyBytes: 100_000_000,
    });
    return relay(request);
  },
};

// Jobs on Cloudflare Workers, with the engine as they start it.
import "./workerd.js";

export * from "../cloudflare.js";

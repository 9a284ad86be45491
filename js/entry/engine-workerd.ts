// The engine step by step for Cloudflare Workers.
import "./workerd.js";

export * from "../engine.js";

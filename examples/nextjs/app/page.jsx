"use client";
// Checks and prices in the browser; sends by way of the routes, for the key is theirs.
import { Batchwise } from "batchwise";
import { useEffect, useState } from "react";
import { requestsOf } from "./requests.js";

// Planning needs no key and makes no call, so nothing can leak here.
const planner = new Batchwise({ dangerouslyAllowBrowser: true });

export default function Page() {
  const [text, setText] = useState("Loved it.\nBroke after a day.");
  const [price, setPrice] = useState("");
  const [status, setStatus] = useState("");
  const [rows, setRows] = useState([]);

  useEffect(() => {
    planner
      .plan(requestsOf(text), { validate: "warn" })
      .then((plan) => setPrice(`${plan.requestCount} requests, at most $${plan.estimate().total?.ceiling.toFixed(6)}`));
  }, [text]);

  async function send() {
    setRows([]);
    const made = await fetch("/api/batches", { method: "POST", body: text });
    let batch = await made.json();
    while (made.ok && batch.processing_status !== "ended") {
      setStatus(batch.processing_status);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      batch = await (await fetch(`/api/batches/${batch.id}`)).json();
    }
    setStatus(made.ok ? "ended" : batch.message);
    if (!made.ok) return;
    const results = await fetch(`/api/batches/${batch.id}/results`);
    setRows((await results.text()).trim().split("\n").map(JSON.parse));
  }

  return (
    <main>
      <textarea value={text} onChange={(event) => setText(event.target.value)} />
      <p id="price">{price}</p>
      <button type="button" onClick={send}>
        Send
      </button>
      <p id="status">{status}</p>
      <ul>
        {rows.map((row) => (
          <li key={row.id}>{`${row.id}: ${row.outcome} ${row.text}`}</li>
        ))}
      </ul>
    </main>
  );
}

// A create's body on its way, by the byte: `fetch` tells nothing of that.

/** How far a body has come. */
export interface Upload {
  /** Its length. */
  readonly bytes: number;
  readonly sent: number;
}

/**
 * A `fetch` that tells how far bodies have come. It follows redirects, which `fetch` is kept from: so it is for calls that
 * carry no secret, under a policy that names where calls may go.
 */
export function tellingFetch(tell: (upload: Upload) => void): typeof fetch {
  return (input, init) => {
    const body = init?.body;
    if (init?.method !== "POST" || !(body instanceof Blob)) return fetch(input, init);
    return posted(String(input instanceof Request ? input.url : input), body, init, tell);
  };
}

function posted(url: string, body: Blob, init: RequestInit, tell: (upload: Upload) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { signal } = init;
    if (signal?.aborted) return reject(signal.reason);
    const request = new XMLHttpRequest();
    const stop = (): void => request.abort();
    request.open("POST", url);
    request.responseType = "arraybuffer";
    for (const [name, value] of new Headers(init.headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => tell({ bytes: body.size, sent: loaded });
    request.onload = () => resolve(answerOf(request));
    request.onerror = () => reject(new TypeError("Failed to fetch"));
    request.onabort = () => reject(signal?.reason);
    request.onloadend = () => signal?.removeEventListener("abort", stop);
    signal?.addEventListener("abort", stop);
    tell({ bytes: body.size, sent: 0 });
    request.send(body);
  });
}

function answerOf(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().split("\r\n")) {
    const at = line.indexOf(":");
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  return new Response(request.response as ArrayBuffer, { status: request.status, headers });
}

// Only the page that this command opened may use its relay: the address that is opened has a token, which the page
// changes for a cookie that scripts cannot read and other sites do not send.

type Handler = (request: Request) => Promise<Response>;

const SESSION = "/_batchwise/session";
const HELLO = "/_batchwise/hello";

/** A relay with an access token, for pages that have the token as a cookie. */
export function withSession(relay: Handler, token: string): Handler {
  return async (request) => {
    const url = new URL(request.url);
    // Cookies know no ports, and two pages may be open.
    const name = `batchwise-${url.port}`;
    if (url.pathname !== SESSION) return relay(authorised(request, name));
    if (request.method !== "POST") return new Response(null, { status: 405, headers: { allow: "POST" } });
    // The relay's own rules decide: origin, host, token.
    const answer = await relay(new Request(new URL(HELLO, url), { headers: request.headers }));
    if (!answer.ok) return answer;
    const cookie = `${name}=${token}; Path=/; HttpOnly; SameSite=Strict`;
    return new Response(null, { status: 204, headers: { "set-cookie": cookie, "cache-control": "no-store" } });
  };
}

function authorised(request: Request, name: string): Request {
  const pairs = (request.headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
  const token = pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
  if (!token) return request;
  const headers = new Headers(request.headers);
  headers.set("authorization", `Bearer ${token}`);
  const { url, method, body, signal } = request;
  return new Request(url, { method, headers, body, signal, duplex: "half" } as RequestInit);
}

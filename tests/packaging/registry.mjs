// A registry on this machine that has one package: the packed one.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { at } from "../../js/build/tools.mjs";

/** Gives the registry's address and the package's version to `work`, and ends it after that. */
export async function withRegistry(work) {
  const tarball = readFileSync(at("target/npm/batchwise.tgz"));
  const manifest = JSON.parse(readFileSync(at("package.json"), "utf8"));
  const { name, version } = manifest;
  const http = createServer((request, response) => {
    const origin = `http://${request.headers.host}`;
    if (request.url === `/${name}/-/${name}.tgz`) return response.writeHead(200).end(tarball);
    if (request.url !== `/${name}`) return response.writeHead(404).end();
    const dist = { tarball: `${origin}/${name}/-/${name}.tgz`, integrity: integrity(tarball) };
    const document = { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
    return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(document));
  });
  await new Promise((ready) => http.listen(0, "127.0.0.1", ready));
  try {
    return await work(`http://127.0.0.1:${http.address().port}/`, version);
  } finally {
    http.closeAllConnections();
    http.close();
  }
}

const integrity = (bytes) => `sha512-${createHash("sha512").update(bytes).digest("base64")}`;

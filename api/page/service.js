// What the page asks of its own server, and what a refusal is.

import * as tab from "./tab.js";

const KEY = "footnoted.key";
const PATIENCE_MS = 60_000;

// A request that brought no result. `kind` is `refused` (with the status, code and detail of the service),
// `unreachable`, `slow`, or `stopped` where the page itself let go of it.
export class Refusal extends Error {
  constructor(kind, { status = 0, code = "", detail = "", requestId = "", retryAfter = null } = {}) {
    super(kind);
    Object.assign(this, { kind, status, code, detail, requestId, retryAfter });
  }
}

export function keep(key) {
  tab.write(KEY, key);
}

export function hasKey() {
  return tab.read(KEY) !== null;
}

export function forgetKey() {
  tab.forget(KEY);
}

export async function get(path, { signal } = {}) {
  return call(path, { signal });
}

export async function post(path, body, { signal } = {}) {
  return call(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal,
  });
}

async function call(path, { signal, headers = {}, ...options }) {
  const key = tab.read(KEY);
  const patience = AbortSignal.timeout(PATIENCE_MS);
  let response;
  let body;
  try {
    response = await fetch(path, {
      ...options,
      headers: key === null ? headers : { ...headers, Authorization: `Bearer ${key}` },
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    body = await read(response);
  } catch {
    if (signal?.aborted) throw new Refusal("stopped");
    throw new Refusal(patience.aborted ? "slow" : "unreachable");
  }
  if (response.ok) return body;
  const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  throw new Refusal("refused", {
    status: response.status,
    code: body.code,
    detail: body.detail,
    requestId: body.request_id ?? response.headers.get("X-Request-ID"),
    retryAfter: Number.isNaN(wait) ? null : wait,
  });
}

// A refusal of something in between, a proxy say, need not be JSON.
async function read(response) {
  const kind = response.headers.get("Content-Type") ?? "";
  if (response.ok || kind.includes("json")) return response.json();
  return { code: "", detail: response.statusText || "the request was refused" };
}

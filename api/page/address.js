// The address of a document and a span of it: a hash, `#/document/ID/START-END/DIGEST`, so that back and forward work
// and a link can be passed on. A question never stands in an address.

const ADDRESS = /^#\/document\/([A-Za-z0-9._-]+)(?:\/(\d+)-(\d+))?(?:\/([0-9a-f]{12}))?$/;
const DIGEST_CHARS = 12;

export function addressOf(documentId, { start, end }, sha256) {
  return `#/document/${documentId}/${start}-${end}/${sha256.slice(0, DIGEST_CHARS)}`;
}

// What an address asks for, or null where it asks for no document.
export function wantedBy(hash) {
  const found = ADDRESS.exec(hash);
  if (!found) return null;
  const [, id, start, end, digest] = found;
  return { id, digest, span: start === undefined ? null : { start: Number(start), end: Number(end) } };
}

// A document, whole, with the cited span marked, and its contents.

import { bringIntoView, button, element, openAt, part, setting, short, webAddress } from "./elements.js";
import { explain } from "./messages.js";
import { facts } from "./passages.js";
import { get, Refusal } from "./service.js";
import { shaped, unitsOf } from "./text.js";

const DEEPEST = 6;

// Fetches and shows a document; gives its title, or null where another was asked for in the meantime.
export async function showDocument(wanted, { signal, leave, from }) {
  const view = part("document-view");
  view.replaceChildren(
    top(leave, from), element("h1", { text: "Opening the page …", attributes: { id: "document-title", tabindex: "-1" } }),
  );
  view.setAttribute("aria-busy", "true");
  try {
    const base = `/v1/documents/${wanted.id}`;
    const [about, { text }, { sections }] = await Promise.all(
      [base, `${base}/text`, `${base}/outline`].map((path) => get(path, { signal })),
    );
    fill(view, { about, text, sections, wanted }, top(leave, from));
    return about.title;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.kind === "stopped") return null;
    if (error.status === 401) throw error;
    const { title, text } = problemOf(error);
    view.replaceChildren(
      top(leave, from),
      element("h1", { text: title, attributes: { id: "document-title", tabindex: "-1" } }),
      element("p", { text }),
    );
    part("document-title").focus();
    return title;
  } finally {
    view.setAttribute("aria-busy", "false");
  }
}

function problemOf(refusal) {
  if (refusal.status !== 404) return explain(refusal);
  return { title: "This page is not in the collection", text: "It may have been removed or moved since the link was made." };
}

function top(leave, from) {
  return element("p", { className: "reader-top" }, button(from ? "← Back to the answer" : "← Ask a question", "plain", {}, leave));
}

function fill(view, { about, text, sections, wanted }, back) {
  const points = Array.from(text);
  const span = wanted.span && wanted.span.start < wanted.span.end && wanted.span.end <= points.length ? wanted.span : null;
  const hasChanged = Boolean(wanted.digest) && !about.sha256.startsWith(wanted.digest);
  const body = element("div", { className: "text whole", attributes: setting(about.language) });
  const outline = [];
  for (const section of sections) body.append(...sectionOf(section, points, span, outline));
  // The page's first heading often is its title, which stands above already.
  const first = body.firstElementChild;
  if (first?.textContent === about.title && /^H\d$/.test(first.tagName) && !first.querySelector("mark")) {
    first.remove();
    outline.shift();
  }
  const address = webAddress(about.url);
  view.replaceChildren(
    back,
    element("h1", { className: "title", text: about.title, attributes: { id: "document-title", tabindex: "-1", dir: "auto" } }),
    facts(about),
    address ? element("p", { className: "ways" }, openAt(address)) : "",
    ...caution(span, wanted, hasChanged),
    ...contents(outline),
    body,
  );
  const mark = view.querySelector("mark");
  part("document-title").focus({ preventScroll: true });
  // At once: a smooth way through a long page takes seconds.
  if (mark) mark.scrollIntoView({ block: "center" });
  else scrollTo(0, 0);
}

// What a person has to know about the marked words, or about why there are none.
function caution(span, wanted, hasChanged) {
  if (hasChanged) {
    return [element("p", {
      className: "remark",
      text: "This page has changed since the link was made. The marked words may not be the ones that were cited.",
    })];
  }
  if (wanted.span && !span) {
    return [element("p", { className: "remark", text: "The place that the link names is not in this page." })];
  }
  return span ? [element("p", { className: "reader-note", text: "The cited words are marked." })] : [];
}

function sectionOf({ start_char: start, end_char: end, headings }, points, span, outline) {
  let text = points.slice(start, end).join("");
  const title = headings.at(-1);
  const made = [];
  let skipped = 0;
  const isMarked = span && span.start < end && span.end > start;
  if (title && text.trimStart().startsWith(title)) {
    skipped = text.indexOf(title) + title.length;
    // A page may skip a level; whoever goes from heading to heading must not look for what is not there.
    const level = Math.min(headings.length + 1, (outline.at(-1)?.level ?? 1) + 1, DEEPEST);
    const heading = element(`h${level}`, { text: title, attributes: { tabindex: "-1" } });
    if (isMarked && span.start - start < skipped) heading.replaceChildren(element("mark", { text: title }));
    outline.push({ heading, title, level });
    made.push(heading);
  }
  const ranges = isMarked ? [{
    start: Math.max(0, unitsOf(text, Math.max(0, span.start - start)) - skipped),
    end: unitsOf(text, span.end - start) - skipped,
    key: "cited",
  }] : [];
  text = text.slice(skipped);
  made.push(...shaped(text, { ranges }));
  return made;
}

function contents(outline) {
  if (outline.length < 3) return [];
  const entries = outline.map(({ heading, title, level }) => element(
    "li",
    { className: `level-${level}` },
    button(short(title), "plain", { dir: "auto" }, () => {
      heading.focus({ preventScroll: true });
      bringIntoView(heading, "start");
    }),
  ));
  return [element(
    "details",
    { className: "contents" },
    element("summary", { text: `Contents (${outline.length})` }),
    element("nav", { attributes: { "aria-label": "Contents of this page" } }, element("ul", {}, ...entries)),
  )];
}

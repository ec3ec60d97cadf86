// A passage: its words, with what the answer quotes marked, whose they are, and the ways to its page.

import { day, element, languageName, link, named, openAt, setting, short, webAddress } from "./elements.js";
import { addressOf } from "./address.js";
import { copyButton, withSource } from "./copying.js";
import { shaped, unitsOf } from "./text.js";

const LONGEST_PATH = 120;
const GIST = 240;
const ROW = /^(.*\t.*)\n(?=.*\t)/gm;
const BULLETS = /^\s*[-*+◦▪‣–]\s/gm;
const BADGES = {
  current: () => "Reviewed in time",
  due_soon: (due) => `Review due ${due}`,
  overdue: (due) => `Review overdue since ${due}`,
  unknown: () => "Review date unknown",
};
const SHORT_BADGES = { due_soon: "Review due soon", overdue: "Review overdue" };
const AUDIENCES = { patient: "For patients", professional: "For health professionals" };

function standing(citation) {
  return BADGES[citation.freshness](citation.review_due && day(citation.review_due));
}

// Source, dates and audience as the entries of a list; `brief` for a line under a title.
export function facts(citation, { brief = false } = {}) {
  const audience = AUDIENCES[citation.audience] ?? (citation.audience_level && `For ${short(citation.audience_level)}`);
  const source = citation.source || citation.citation || "Source not given";
  return element(
    "ul",
    { className: "facts", attributes: { "aria-label": "About this page" } },
    element("li", { text: short(source), attributes: { dir: "auto" } }),
    citation.page && element("li", { text: `Page ${citation.page}` }),
    citation.last_reviewed && element("li", { text: `Reviewed ${day(citation.last_reviewed)}` }),
    audience && element("li", { text: audience, className: citation.audience === "professional" ? "professional" : "" }),
    !brief && citation.language && element("li", { text: languageName(citation.language) }),
    element("li", { className: `badge ${citation.freshness}`, text: standing(citation) }),
  );
}

// Whether a page's first heading says again what its title says: "Tamoxifen" under "Tamoxifen - NCI".
function repeatsTitle(heading, title) {
  return title.startsWith(heading) && /^(\s*[|–—:(]|\s+-\s|$)/.test(title.slice(heading.length));
}

// The headings above a passage without the page's own title; of a long path the passage's own alone.
export function path(citation) {
  const { title } = citation;
  const headings = citation.headings.filter((one, place) => one !== title && (place || !repeatsTitle(one, title)));
  if (headings.length === 0) return null;
  const whole = headings.join(" › ");
  const text = whole.length <= LONGEST_PATH ? whole : short(`… › ${headings.at(-1)}`, LONGEST_PATH);
  return element("span", { className: "path", text, attributes: { dir: "auto" } });
}

export function citeLine(citation) {
  return citation.citation && citation.citation !== citation.source
    && element("p", { className: "cite", text: citation.citation, attributes: { dir: "auto" } });
}

// The page on the web, where it has an address, its text here with the passage marked, or a quote of it, and a copy.
export function ways(passage, quote = null) {
  const { citation } = passage;
  const address = webAddress(quote?.address ?? citation.deep_link, citation.url);
  const span = quote ?? { start: citation.start_char, end: citation.end_char };
  const here = addressOf(passage.document_id, span, citation.document_sha256);
  const [label, text] = quote ? ["Copy this quote", quote.text] : ["Copy this passage", () => passage.text];
  return element(
    "p",
    { className: "ways" },
    address
      ? openAt(address, webAddress(citation.url))
      : element("span", { text: `In the file ${citation.source_path}`, attributes: { dir: "auto" } }),
    element("a", { className: "read-here", text: "Read the whole page here", attributes: { href: here } }),
    copyButton(label, "plain", () => withSource(text(), citation), "The words and their source are on the clipboard."),
  );
}

export function alsoIn(passage) {
  if (passage.also_in.length === 0) return null;
  const line = element("p", { className: "also", text: "The same words also in " });
  passage.also_in.forEach((other, place) => {
    const address = webAddress(other.url);
    line.append(place ? ", " : "", address ? link(address, short(other.title)) : named(other.title));
  });
  return line;
}

// A passage's text; `ranges` as `shaped` takes them.
export function words(passage, ranges = []) {
  const { citation } = passage;
  const text = element("div", { className: "text", attributes: setting(citation.language) });
  text.append(...shaped(passage.text, { heading: citation.headings.at(-1), ranges }));
  return text;
}

// Where the answer's quotes of this passage stand in its text.
export function quotesIn(passage, answer) {
  const from = passage.citation.start_char;
  return answer.spans
    .map(({ quote, passage_rank: rank }, key) => ({ quote, rank, key }))
    .filter(({ rank }) => rank === passage.rank)
    .map(({ quote, key }) => ({
      start: unitsOf(passage.text, quote.start_char - from),
      end: unitsOf(passage.text, quote.end_char - from),
      key: String(key),
    }))
    .sort((one, other) => one.start - other.start);
}

// Items and cells keep apart where their lines do not.
function oneLine(text) {
  return text.replace(BULLETS, "• ").replace(ROW, "$1; ").replaceAll("\t", " · ").replace(/\s+/g, " ");
}

// What a person chooses by while a card is closed: how it begins, for whom it is, and whether it is overdue.
function gist({ text, citation }) {
  const parts = text.split(/\n{2,}/).map((one) => one.trim()).filter(Boolean);
  while (parts.length > 1 && citation.headings.includes(parts[0])) parts.shift();
  const badge = citation.freshness in SHORT_BADGES;
  const audience = AUDIENCES[citation.audience];
  return element(
    "span",
    { className: "gist" },
    element("span", {
      className: "begins",
      text: short(oneLine(parts.join("\n")), GIST),
      attributes: setting(citation.language),
    }),
    " ",
    element(
      "span",
      { className: "facts" },
      badge && element("span", { className: `badge ${citation.freshness}`, text: SHORT_BADGES[citation.freshness] }),
      " ",
      audience && element("span", { text: audience, className: citation.audience }),
    ),
  );
}

// A card that shows whose page it is, and its words when it is opened.
export function folded(passage, { open = false } = {}) {
  const { citation } = passage;
  const details = element(
    "details",
    { className: "passage" },
    element(
      "summary",
      {},
      element(
        "span",
        { className: "names" },
        element("strong", { className: "title", text: citation.title, attributes: { dir: "auto" } }),
        path(citation),
        gist(passage),
      ),
    ),
    element(
      "div",
      { className: "inside" },
      words(passage),
      facts(citation),
      citeLine(citation),
      ways(passage),
      alsoIn(passage),
    ),
  );
  details.open = open;
  return element("li", {}, details);
}

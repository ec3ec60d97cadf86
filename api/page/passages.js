// A passage as a card: its words, with what the answer quotes marked, and where they come from.

import { button, day, element, languageName, link, webAddress } from "./elements.js";
import { shaped, unitsOf } from "./text.js";

const BADGES = {
  current: () => "Reviewed in time",
  due_soon: (due) => `Review due ${due}`,
  overdue: (due) => `Review overdue since ${due}`,
  unknown: () => "Review date unknown",
};
const AUDIENCES = { patient: "For: patients", professional: "For: health professionals" };

export function badge(citation) {
  const text = BADGES[citation.freshness](citation.review_due && day(citation.review_due));
  return element("li", { className: `badge ${citation.freshness}`, text });
}

export function audience(citation) {
  const text = AUDIENCES[citation.audience] ?? (citation.audience_level && `For: ${citation.audience_level}`);
  return text && element("li", { text, className: citation.audience === "professional" ? "professional" : "" });
}

export function pageLink(citation, text) {
  const address = webAddress(citation.deep_link, citation.url);
  return address && link(address, text ?? `Read it in the page at ${new URL(address).hostname} ↗`);
}

function facts(citation) {
  return element(
    "div",
    { className: "facts" },
    element("p", { className: "source", text: citation.source || citation.citation || "Source not given" }),
    citation.source && citation.citation && citation.citation !== citation.source
      && element("p", { className: "cite", text: citation.citation }),
    element(
      "ul",
      { attributes: { "aria-label": "About this page" } },
      badge(citation),
      citation.last_reviewed && element("li", { text: `Last reviewed ${day(citation.last_reviewed)}` }),
      audience(citation),
      citation.language && element("li", { text: languageName(citation.language) }),
    ),
  );
}

function alsoIn(passage) {
  if (passage.also_in.length === 0) return null;
  const line = element("p", { className: "also", text: "The same words also in " });
  passage.also_in.forEach((other, place) => {
    const address = webAddress(other.url);
    line.append(place ? ", " : "", address ? link(address, other.title) : other.title);
  });
  return line;
}

// Where the answer's quotes of this passage stand in its text.
function quotesIn(passage, answer) {
  const from = passage.citation.start_char;
  return (answer?.spans ?? [])
    .map(({ quote, passage_rank: rank }, key) => ({ quote, rank, key }))
    .filter(({ rank }) => rank === passage.rank)
    .map(({ quote, key }) => ({
      start: unitsOf(passage.text, quote.start_char - from),
      end: unitsOf(passage.text, quote.end_char - from),
      key: String(key),
    }))
    .sort((one, other) => one.start - other.start);
}

function body(passage, answer) {
  const { citation } = passage;
  const attributes = { dir: "auto", ...(citation.language ? { lang: citation.language } : {}) };
  const text = element("div", { className: "text", attributes });
  text.append(...shaped(passage.text, { heading: citation.headings.at(-1), ranges: quotesIn(passage, answer) }));
  return text;
}

function path(citation) {
  const headings = citation.headings.filter((heading) => heading !== citation.title);
  return headings.length > 0
    && element("p", { className: "path", text: headings.join(" › "), attributes: { dir: "auto" } });
}

function below(passage, back) {
  return element(
    "p",
    { className: "below" },
    pageLink(passage.citation) ?? element("span", { className: "score", text: "No web address given" }),
    back ? button("↑ Back to the answer", "plain", {}, back) : element("span", {
      className: "score",
      text: `score ${passage.score.toFixed(2)}`,
      attributes: { title: "Orders this list; it does not say how sure anything is." },
    }),
  );
}

// A card in full; `back` leads from what the answer quotes to the place where it does.
export function card(passage, { answer = null, back = null } = {}) {
  const { citation } = passage;
  const titleId = `passage-${passage.rank}`;
  return element(
    "li",
    {},
    element(
      "article",
      { className: "passage", attributes: { id: `card-${passage.rank}`, "aria-labelledby": titleId, tabindex: "-1" } },
      element("span", { className: "number", text: `[${passage.rank}]`, attributes: { "aria-hidden": "true" } }),
      element("h3", { text: citation.title, attributes: { id: titleId, dir: "auto" } }),
      path(citation),
      body(passage, answer),
      facts(citation),
      below(passage, back),
      alsoIn(passage),
    ),
  );
}

// A card that shows whose page it is, and its words when it is opened.
export function folded(passage) {
  const { citation } = passage;
  const headings = citation.headings.filter((heading) => heading !== citation.title);
  return element(
    "li",
    {},
    element(
      "details",
      { className: "passage folded" },
      element(
        "summary",
        {},
        element("span", { className: "number", text: `[${passage.rank}]`, attributes: { "aria-hidden": "true" } }),
        element(
          "span",
          { className: "names" },
          element("strong", { text: citation.title, attributes: { dir: "auto" } }),
          headings.length > 0 && element("span", { className: "path", text: headings.join(" › ") }),
        ),
      ),
      body(passage, null),
      facts(citation),
      below(passage, null),
      alsoIn(passage),
    ),
  );
}

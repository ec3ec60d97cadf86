// What was found: an answer with its footnotes, passages alone, or that there is none, and what is near.

import { answerPanel } from "./answer.js";
import { button, counted, element, part, sentence, short } from "./elements.js";
import { folded } from "./passages.js";
import { isUrgent, showUrgent } from "./urgent.js";

const NOT_FOUND = "Not found in this collection";
const NEAREST = "These are the nearest pages; they may or may not help.";
const LEADING = "One passage is much nearer than all others. It is open below; it may or may not help.";
const LEAD = 0.22; // of scores; in three handbooks no passage on another matter led by so much
const ABSTENTIONS = {
  empty_index: "The collection holds no passages yet.",
  filtered_out: "No page that may be searched is left.",
  no_match: "No page here speaks to this question. Other words may help, or the answer lies elsewhere.",
  weak_evidence: "No page here was found that answers this question well enough to be quoted. Try other words.",
  out_of_scope: "The pages here speak of other things. The answer may well exist elsewhere.",
};

// Shows a response; gives its outcome and the sentence that a screen reader hears.
export function showResponse(body, { kept, searchAll }) {
  const isAlone = showUrgent(body.warnings) && isAbstained(body) && body.passages.length > 0;
  const shown = isAlone ? onlyUrgent(body) : outcomeOf(body, kept);
  part("results").replaceChildren(...[keptLine(kept, searchAll), notices(body), ...shown.parts].filter(Boolean));
  const overdue = body.passages.filter(({ citation }) => citation.freshness === "overdue").length;
  const late = overdue && ` Overdue for review: ${overdue} of ${counted(body.passages.length, "passage", "passages")}.`;
  return { outcome: shown.outcome, spoken: shown.spoken && overdue ? shown.spoken + late : shown.spoken };
}

const isAbstained = (body) => body.answerability.decision === "abstain";

function outcomeOf(body, kept) {
  if (isAbstained(body)) return abstained(body, kept);
  return body.answer ? answered(body) : passagesOnly(body);
}

function answered(body) {
  const quoted = new Set(body.answer.spans.map((span) => span.passage_rank));
  const others = body.passages.filter((passage) => !quoted.has(passage.rank));
  return {
    outcome: "answered",
    spoken: `Answered, with ${counted(quoted.size, "footnote", "footnotes")}.`,
    parts: [answerPanel(body), ...list("Other passages close to your question", others)],
  };
}

function passagesOnly(body) {
  const title = counted(body.passages.length, "passage", "passages");
  const unquoted = body.warnings.find(({ code }) => code === "not_quotable");
  return {
    outcome: "passages",
    spoken: unquoted ? `${title} found. ${sentence(unquoted.detail)}` : `${title} found.`,
    parts: [
      element("h2", { text: unquoted ? "No answer to quote" : title }),
      element("p", {
        className: "results-note",
        text: unquoted
          ? sentence(unquoted.detail)
          : "The closest in this collection. Whether they answer your question is for you to judge.",
      }),
      ...list("Passages", body.passages, { open: body.passages.length }),
    ],
  };
}

// Beside a text that cannot wait, pages that do not answer only distract: they are there for who opens them.
function onlyUrgent(body) {
  const closed = element(
    "details",
    { className: "tool beside" },
    element("summary", { text: "Pages that are near" }),
    element("ol", { className: "passages" }, ...nearestPages(body).map((passage) => folded(passage))),
  );
  return { outcome: "abstained", spoken: "", parts: [closed] };
}

// The closest passage of each page.
function nearestPages({ passages }) {
  const seen = new Set();
  return passages.filter(({ document_id: id }) => !seen.has(id) && seen.add(id));
}

// Whether the first passage is so far ahead that who asked should see its words, though they are not quoted.
function leads({ passages: [first, second], answerability }) {
  return answerability.reason === "weak_evidence" && second !== undefined && first.score - second.score >= LEAD;
}

function abstained(body, kept) {
  const text = ABSTENTIONS[body.answerability.reason] ?? ABSTENTIONS.no_match;
  const pages = nearestPages(body);
  const near = pages.length;
  const leading = leads(body);
  const heard = leading ? LEADING : `${counted(near, "page is", "pages are")} near.`;
  const hint = kept ? " Only a part of the collection was searched." : "";
  return {
    outcome: "abstained",
    spoken: `${NOT_FOUND}. ${text}${hint}` + (near ? ` ${heard}` : ""),
    parts: [
      element(
        "section",
        { className: "abstention", attributes: { id: "abstention", "aria-labelledby": "abstention-title" } },
        element("h2", { text: NOT_FOUND, attributes: { id: "abstention-title" } }),
        element("p", { className: "asked", text: short(body.query), attributes: { dir: "auto" } }),
        element("p", { text: near ? `${text} ${leading ? LEADING : NEAREST}` : text }),
      ),
      ...list("Nearest pages", pages, { open: leading ? 1 : 0 }),
    ],
  };
}

// The first `open` cards are open.
function list(title, passages, { open = 0 } = {}) {
  if (passages.length === 0) return [];
  return [
    element("h2", { className: "part-title", text: title }),
    element("ol", { className: "passages" }, ...passages.map((passage, place) => folded(passage, { open: place < open }))),
  ];
}

function keptLine(kept, searchAll) {
  return kept && element(
    "p",
    { className: "kept" },
    element("span", { text: `Only a part was searched. ${kept}.`, attributes: { dir: "auto" } }),
    button("Search everything", "plain", {}, searchAll),
  );
}

function notices(body) {
  const known = ["no_match", "filtered_out", "empty_index", "not_quotable"];
  const told = body.warnings.filter(
    (warning) => warning.passage_rank === null && !isUrgent(warning) && !known.includes(warning.code),
  );
  return told.length > 0 && element(
    "ul",
    { className: "notices" },
    ...told.map(({ detail }) => element("li", { text: `Note: ${sentence(detail)}` })),
  );
}

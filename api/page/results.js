// What was found: an answer with its footnotes, passages alone, or that there is none, and what is near.

import { answerPanel } from "./answer.js";
import { button, counted, element, part, sentence, short } from "./elements.js";
import { folded } from "./passages.js";

const URGENT = ["emergency", "self_harm"];
const NOT_FOUND = "Not found in this collection";
const ABSTENTIONS = {
  empty_index: "The collection holds no passages yet.",
  filtered_out: "No page that may be searched is left.",
  no_match: "No page here speaks to this question. Other words may help, or the answer lies elsewhere.",
  weak_evidence: "No page here was found that answers this question well enough to be quoted.",
  out_of_scope: "The pages here speak of other things. The answer may well exist elsewhere.",
};

// Shows a response; gives its outcome and the sentence that a screen reader hears.
export function showResponse(body, { kept, say, searchAll }) {
  const urgent = body.warnings.filter(({ code }) => URGENT.includes(code));
  part("urgent").replaceChildren(...urgent.map(({ detail }) => element("p", { text: detail })));
  part("urgent").hidden = urgent.length === 0;
  const shown = outcomeOf(body, say, kept);
  part("results").replaceChildren(...[keptLine(kept, searchAll), notices(body), ...shown.parts].filter(Boolean));
  const overdue = body.passages.filter(({ citation }) => citation.freshness === "overdue").length;
  const late = overdue && ` Overdue for review: ${overdue} of ${counted(body.passages.length, "passage", "passages")}.`;
  return { outcome: shown.outcome, spoken: overdue ? shown.spoken + late : shown.spoken };
}

function outcomeOf(body, say, kept) {
  if (body.answerability.decision === "abstain") return abstained(body, kept);
  return body.answer ? answered(body, say) : passagesOnly(body);
}

function answered(body, say) {
  const quoted = new Set(body.answer.spans.map((span) => span.passage_rank));
  const others = body.passages.filter((passage) => !quoted.has(passage.rank));
  return {
    outcome: "answered",
    spoken: `Answered, with ${counted(quoted.size, "footnote", "footnotes")}.`,
    parts: [answerPanel(body, say), ...list("Other passages close to your question", others)],
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
      ...list("Passages", body.passages, { open: true }),
    ],
  };
}

function abstained(body, kept) {
  const text = ABSTENTIONS[body.answerability.reason] ?? ABSTENTIONS.no_match;
  const near = body.passages.length;
  const hint = kept ? " Only a part of the collection was searched." : "";
  return {
    outcome: "abstained",
    spoken: `${NOT_FOUND}. ${text}${hint}` + (near ? ` ${counted(near, "passage is", "passages are")} near.` : ""),
    parts: [
      element(
        "section",
        { className: "abstention", attributes: { id: "abstention", "aria-labelledby": "abstention-title" } },
        element("h2", { text: NOT_FOUND, attributes: { id: "abstention-title" } }),
        element("p", { className: "asked", text: short(body.query), attributes: { dir: "auto" } }),
        element("p", { text: near ? `${text} These are the nearest pages; they may or may not help.` : text }),
      ),
      ...list("Nearest pages", body.passages),
    ],
  };
}

function list(title, passages, options) {
  if (passages.length === 0) return [];
  return [
    element("h2", { className: "part-title", text: title }),
    element("ol", { className: "passages" }, ...passages.map((passage) => folded(passage, options))),
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
  const known = [...URGENT, "no_match", "filtered_out", "empty_index", "not_quotable"];
  const told = body.warnings.filter(({ code, passage_rank: rank }) => rank === null && !known.includes(code));
  return told.length > 0 && element(
    "ul",
    { className: "notices" },
    ...told.map(({ detail }) => element("li", { text: `Note: ${sentence(detail)}` })),
  );
}

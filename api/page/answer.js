// The answer: the pages' own words with a footnote mark behind each stretch, and the footnotes.

import { button, day, element, sentence } from "./elements.js";
import { audience, badge, pageLink } from "./passages.js";
import { shaped, unitsOf } from "./text.js";

const CALM = matchMedia("(prefers-reduced-motion: reduce)");

let cameFrom = null;

// Shows a quote in its card; the way back leads to the mark that was used.
function show(key, rank, mark) {
  cameFrom = mark;
  document.querySelectorAll("mark.shown").forEach((other) => other.classList.remove("shown"));
  const quoted = document.querySelectorAll(`mark[data-quote="${key}"]`);
  quoted.forEach((one) => one.classList.add("shown"));
  const card = document.getElementById(`card-${rank}`);
  card?.focus({ preventScroll: true });
  (quoted[0] ?? card)?.scrollIntoView({ block: "center", behavior: CALM.matches ? "auto" : "smooth" });
}

export function back() {
  const target = cameFrom?.isConnected ? cameFrom : document.querySelector("#answer .mark");
  target?.focus({ preventScroll: true });
  document.getElementById("answer").scrollIntoView({
    block: "start", behavior: CALM.matches ? "auto" : "smooth",
  });
}

function titleOf(passages, rank) {
  return passages[rank - 1]?.citation.title ?? "";
}

function mark(key, span, passages) {
  const rank = span.passage_rank;
  const label = `Footnote ${rank}: show these words in ${titleOf(passages, rank)}`;
  const made = button(String(rank), "mark", { "aria-label": label, "data-key": key }, () => show(key, rank, made));
  return element("sup", {}, made);
}

// The words in their own shape; a stretch of one line goes on in the paragraph of the one before.
function words(answer, passages) {
  const box = element("div", { className: "words text" });
  const { text } = answer;
  let end = 0;
  answer.spans.forEach((span, key) => {
    const start = unitsOf(text, span.start_char);
    const between = text.slice(end, start);
    end = unitsOf(text, span.end_char);
    const stretch = text.slice(start, end);
    const last = box.lastElementChild;
    const language = passages[span.passage_rank - 1]?.citation.language;
    if (last?.tagName === "P" && !between.includes("\n") && !stretch.includes("\n")) {
      last.append(" ", stretch);
    } else {
      const blocks = shaped(stretch);
      if (language) blocks.forEach((block) => block.setAttribute("lang", language));
      box.append(...blocks);
    }
    endOf(box).append("\u2060", mark(String(key), span, passages));
  });
  return box;
}

// Where the mark goes: behind the last word, inside the last item or cell.
function endOf(box) {
  const last = box.lastElementChild;
  const inner = last.querySelectorAll("td, .item");
  return inner.length > 0 ? inner[inner.length - 1] : last;
}

function footnote(rank, answer, passages) {
  const { citation } = passages[rank - 1];
  const key = String(answer.spans.findIndex((span) => span.passage_rank === rank));
  const title = button(citation.title, "plain", { dir: "auto" }, () => show(key, rank, title));
  return element(
    "li",
    { attributes: { value: rank } },
    element("span", { className: "number", text: String(rank), attributes: { "aria-hidden": "true" } }),
    element(
      "div",
      {},
      title,
      element(
        "ul",
        { attributes: { "aria-label": "About this page" } },
        element("li", { text: citation.source || citation.citation || "Source not given" }),
        citation.last_reviewed && element("li", { text: `Reviewed ${day(citation.last_reviewed)}` }),
        badge(citation),
        citation.audience === "professional" && audience(citation),
        element("li", {}, pageLink(citation, "In the page ↗") ?? "No web address given"),
      ),
    ),
  );
}

function notes(warnings) {
  const ranks = new Map();
  for (const { code, passage_rank: rank, detail } of warnings) {
    if (code !== "sources_differ" && code !== "list_continues") continue;
    const known = ranks.get(code) ?? { detail, ranks: [] };
    known.ranks.push(rank);
    ranks.set(code, known);
  }
  return [...ranks].map(([code, { detail, ranks: of }]) => element(
    "p",
    { className: `note ${code}` },
    element("strong", { text: code === "sources_differ" ? `Sources ${of.join(" and ")} differ. ` : `Source ${of.join(" and ")}: ` }),
    sentence(detail),
  ));
}

export function answerPanel(answer, passages, warnings) {
  const ranks = [...new Set(answer.spans.map((span) => span.passage_rank))];
  return [
    element("h2", { text: "Answer", attributes: { id: "answer-title" } }),
    words(answer, passages),
    ...notes(warnings),
    element(
      "ol",
      { className: "footnotes", attributes: { "aria-label": "Footnotes" } },
      ...ranks.map((rank) => footnote(rank, answer, passages)),
    ),
  ];
}

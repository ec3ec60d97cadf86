// The answer: the pages' own words with a footnote mark behind each stretch, and the footnotes, which open to the
// passage with the quoted words marked.

import { bringIntoView, button, element, named, part, sentence, setting, short } from "./elements.js";
import { alsoIn, citeLine, facts, path, quotesIn, ways, words } from "./passages.js";
import { copyButton, textOf, withCitations } from "./copying.js";
import { shaped, unitsOf } from "./text.js";

const LONGEST_TAIL = 24;

let cameFrom = null;

// The number of each quoted passage, by its rank, in the order in which the answer quotes them.
function numbersOf(answer) {
  const ranks = [...new Set(answer.spans.map((span) => span.passage_rank))];
  return new Map(ranks.map((rank, place) => [rank, place + 1]));
}

function setOpen(number, open) {
  part(`note-${number}`).hidden = !open;
  part(`note-title-${number}`).setAttribute("aria-expanded", String(open));
}

// `shown` is what was opened last, in the answer and in its footnote; `lit` what the pointer rests on.
function light(name, key) {
  for (const one of document.querySelectorAll("#answer [data-quote]")) {
    one.classList.toggle(name, one.dataset.quote === key);
  }
}

// Opens the footnote at a quote; the way back leads to the mark that was used.
function show(key, number, mark) {
  cameFrom = mark;
  setOpen(number, true);
  light("shown", key);
  part(`note-title-${number}`).focus({ preventScroll: true });
  const quoted = document.querySelector(`#note-${number} mark[data-quote="${key}"]`);
  bringIntoView(quoted ?? part(`note-${number}`), "center");
}

function back() {
  const target = cameFrom?.isConnected ? cameFrom : document.querySelector("#answer .mark");
  target?.focus({ preventScroll: true });
  bringIntoView(part("answer"), "start");
}

function markOf(key, number, citation) {
  const label = `Footnote ${number}: show these words in ${short(citation.title)}`;
  const attributes = { "aria-label": label, "aria-controls": `note-${number}` };
  const made = button(String(number), "mark", attributes, () => show(key, number, made));
  made.addEventListener("mouseenter", () => light("lit", key));
  made.addEventListener("mouseleave", () => light("lit", null));
  return element("sup", {}, made);
}

// The words in their own shape; a stretch of one line goes on in the paragraph of the one before.
function quoted({ answer, passages }, numbers) {
  const box = element("div", { className: "words text" });
  let end = 0;
  answer.spans.forEach((span, place) => {
    const key = String(place);
    const { citation } = passages[span.passage_rank - 1];
    const start = unitsOf(answer.text, span.start_char);
    const between = answer.text.slice(end, start);
    end = unitsOf(answer.text, span.end_char);
    const stretch = answer.text.slice(start, end);
    const last = box.lastElementChild;
    const goesOn = last?.tagName === "P" && !between.includes("\n") && !stretch.includes("\n");
    if (goesOn && !last.querySelector(".item")) {
      const attributes = { ...setting(citation.language), "data-quote": key };
      last.append(" ", element("span", { text: stretch, attributes }));
    } else {
      const blocks = shaped(stretch, { ranges: [{ start: 0, end: stretch.length, key, name: "span" }] });
      for (const block of blocks) {
        for (const [name, value] of Object.entries(setting(citation.language))) block.setAttribute(name, value);
      }
      box.append(...blocks);
    }
    withMark(endOf(box), markOf(key, numbers.get(span.passage_rank), citation));
  });
  return box;
}

// The mark goes on the line of the last word, which the browser would else leave alone at the end of a line.
function withMark(box, mark) {
  const last = textAtEnd(box);
  const word = /\S+\s*$/.exec(last?.data ?? "")?.[0] ?? "";
  if (!word || word.length > LONGEST_TAIL) {
    box.append(mark);
    return;
  }
  const rest = last.splitText(last.length - word.length);
  const kept = rest.parentElement === box ? rest : last.parentElement.cloneNode(false);
  if (kept !== rest) kept.append(rest);
  box.append(element("span", { className: "tail" }, kept, mark));
}

function textAtEnd(box) {
  let last = null;
  const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (texts.currentNode.data.trim()) last = texts.currentNode;
  return last;
}

// Where the mark goes: behind the last word, inside the last item or cell.
function endOf(box) {
  const last = box.lastElementChild;
  const inner = last.querySelectorAll("td, .item");
  return inner.length > 0 ? inner[inner.length - 1] : last;
}

function footnote({ answer, passages }, rank, number) {
  const passage = passages[rank - 1];
  const { citation } = passage;
  const quotes = answer.spans.filter((span) => span.passage_rank === rank);
  const first = quotes[0].quote;
  const attributes = { id: `note-title-${number}`, "aria-expanded": "false", "aria-controls": `note-${number}` };
  const title = element(
    "button",
    { className: "note-title", attributes: { type: "button", ...attributes } },
    element("span", { className: "title", text: citation.title, attributes: { dir: "auto" } }),
    path(citation),
  );
  title.addEventListener("click", () => {
    setOpen(number, title.getAttribute("aria-expanded") !== "true");
    light("shown", null);
  });
  const panel = element(
    "div",
    { className: "note-panel", attributes: { id: `note-${number}`, role: "group", "aria-labelledby": title.id } },
    words(passage, quotesIn(passage, answer)),
    citeLine(citation),
    alsoIn(passage),
    element("p", { className: "back" }, button("↑ Back to the answer", "plain", {}, back)),
  );
  panel.hidden = true;
  const entry = element(
    "li",
    { attributes: { value: number } },
    element("span", { className: "number", text: String(number), attributes: { "aria-hidden": "true" } }),
    element(
      "div",
      { className: "note" },
      element("h3", {}, title),
      facts(citation, { brief: true }),
      panel,
      ways(passage, {
        start: first.start_char,
        end: first.end_char,
        address: first.deep_link,
        text: () => textOf(answer, quotes),
      }),
    ),
  );
  entry.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.hidden) return;
    setOpen(number, false);
    back();
  });
  return entry;
}

// What is to be known about the answer as a whole: pages that differ, lists that go on.
function remarks({ warnings }, numbers) {
  const found = new Map();
  for (const { code, passage_rank: rank, detail } of warnings) {
    if ((code !== "sources_differ" && code !== "list_continues") || !numbers.has(rank)) continue;
    const known = found.get(code) ?? { detail, numbers: [] };
    known.numbers.push(numbers.get(rank));
    found.set(code, known);
  }
  return [...found].map(([code, { detail, numbers: of }]) => element(
    "p",
    { className: `remark ${code}` },
    element("strong", {
      text: code === "sources_differ" ? `Sources ${of.join(" and ")} differ. ` : `Source ${of.join(" and ")}: `,
    }),
    sentence(detail),
  ));
}

export function answerPanel(body) {
  const numbers = numbersOf(body.answer);
  const copied = () => withCitations(body, numbers);
  return element(
    "section",
    { className: "answer", attributes: { id: "answer", "aria-labelledby": "answer-title" } },
    element("div", { className: "answer-head" },
      element("h2", { text: "Answer", attributes: { id: "answer-title" } }),
      copyButton("Copy with citations", "quiet small", copied, "The answer and its sources are on the clipboard.")),
    element("p", { className: "asked" }, named(body.query)),
    quoted(body, numbers),
    ...remarks(body, numbers),
    element(
      "ol",
      { className: "footnotes", attributes: { "aria-label": "Footnotes" } },
      ...[...numbers].map(([rank, number]) => footnote(body, rank, number)),
    ),
  );
}

// The question page: asks, and shows the answer with its footnotes, the passages, or why there is none.

import { answerPanel, back } from "./answer.js";
import { button, day, element, sentence } from "./elements.js";
import { card, folded } from "./passages.js";

const RETRY_MS = 5000;
const EXAMPLES = 3;
const URGENT = ["emergency", "self_harm"];
const NOT_FOUND = "Not found in this collection";
const ABSTENTIONS = {
  empty_index: "The collection holds no passages yet.",
  filtered_out: "No page that may be searched is left.",
  no_match: "No page here speaks to this question. Other words may help, or the answer lies elsewhere.",
  weak_evidence: "No page here was found that answers this question well enough to be quoted.",
  out_of_scope: "The pages here speak of other things. The answer may well exist elsewhere.",
};
const part = (id) => document.getElementById(id);
const [form, question, status, results, message, retry] = [
  "form", "question", "status", "results", "message", "retry",
].map(part);

let pending = null;

function showMessage(title, text, { canRetry = false } = {}) {
  results.hidden = true;
  message.hidden = false;
  part("message-title").textContent = title;
  part("message-text").textContent = text;
  retry.hidden = !canRetry;
  status.textContent = `${title}. ${text}`;
}

function fill(id, children) {
  part(id).replaceChildren(...children);
  part(id).hidden = children.length === 0;
}

function group(id, cards) {
  part(id).replaceChildren(...cards);
  part(`${id}-part`).hidden = cards.length === 0;
}

function heading(title, note) {
  part("results-title").textContent = title;
  part("results-note").textContent = note;
  part("results-head").hidden = title === "";
}

function showUrgent(body) {
  const urgent = body.warnings.filter(({ code }) => URGENT.includes(code));
  fill("urgent", urgent.map(({ detail }) => element("p", { text: detail })));
}

function showNotices(body) {
  const notices = body.warnings.filter(({ code, passage_rank: rank }) => rank === null && !URGENT.includes(code));
  fill("notices", notices.map(({ detail }) => element("li", { text: `Note: ${detail}.` })));
}

function showResults(body) {
  message.hidden = true;
  results.hidden = false;
  showUrgent(body);
  showNotices(body);
  if (body.answerability.decision === "abstain") showAbstention(body);
  else if (body.answer) showAnswer(body);
  else showPassages(body);
  const overdue = body.passages.filter((passage) => passage.citation.freshness === "overdue").length;
  if (overdue) status.textContent += ` ${overdue} overdue for review.`;
}

function showAnswer(body) {
  const quoted = new Set(body.answer.spans.map((span) => span.passage_rank));
  const isQuoted = (passage) => quoted.has(passage.rank);
  heading("", "");
  fill("answer", answerPanel(body.answer, body.passages, body.warnings));
  part("passages-title").textContent = "Where this stands";
  group("passages", body.passages.filter(isQuoted).map((passage) => card(passage, { answer: body.answer, back })));
  part("others-title").textContent = "Other passages close to your question";
  group("others", body.passages.filter((passage) => !isQuoted(passage)).map(folded));
  status.textContent = `Answered, with ${counted(quoted.size, "footnote", "footnotes")}.`;
}

function showPassages(body) {
  const title = counted(body.passages.length, "passage", "passages");
  heading(title, "The closest in this collection. Whether they answer your question is for you to judge.");
  fill("answer", []);
  part("passages-title").textContent = "";
  group("passages", body.passages.map((passage) => card(passage)));
  group("others", []);
  status.textContent = `${title} found.`;
}

function showAbstention(body) {
  const [title, text] = [NOT_FOUND, ABSTENTIONS[body.answerability.reason] ?? ABSTENTIONS.no_match];
  heading("", "");
  fill("answer", []);
  group("passages", []);
  const near = body.passages.length > 0;
  fill("abstention", [
    element("h2", { text: title }),
    element("p", { text: near ? `${text} These are the nearest pages; they may or may not help.` : text }),
  ]);
  part("others-title").textContent = "Nearest pages";
  group("others", body.passages.map(folded));
  status.textContent = `${title}. ${text}` + (near ? ` ${counted(body.passages.length, "page is", "pages are")} near.` : "");
}

function showBusy() {
  document.body.classList.add("has-results");
  results.setAttribute("aria-busy", "true");
  status.textContent = "Searching …";
  message.hidden = true;
  results.hidden = false;
  heading("Searching …", "");
  for (const id of ["urgent", "abstention", "answer", "notices"]) part(id).hidden = true;
}

async function ask() {
  const text = question.value.trim();
  if (!text) {
    question.focus();
    return;
  }
  pending?.abort();
  const asked = new AbortController();
  pending = asked;
  showBusy();
  try {
    const response = await fetch("/v1/query", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ query: text }),
      signal: asked.signal,
    });
    const body = await response.json();
    if (asked.signal.aborted) return;
    if (!response.ok) showProblem(response.status, body);
    else showResults(body);
  } catch (error) {
    if (error.name === "AbortError") return;
    showMessage("The service cannot be reached", "Check that it is still running, then try again.", { canRetry: true });
  } finally {
    if (pending === asked) results.setAttribute("aria-busy", "false");
  }
}

function showProblem(code, body) {
  if (code === 503) {
    showMessage("Not ready to answer yet", sentence(body.detail), { canRetry: true });
  } else if (code === 422) {
    showMessage("This question cannot be searched", sentence(body.detail));
  } else {
    showMessage("Something went wrong", `${sentence(body.detail)} (${body.request_id})`, { canRetry: true });
  }
}

function showExamples(documents) {
  const titles = documents.map((document) => document.title)
    .filter((title) => title.length <= 60 && !/[.!?:]$/.test(title));
  const step = Math.max(1, Math.floor(titles.length / EXAMPLES));
  const chosen = titles.filter((_, place) => place % step === 0).slice(0, EXAMPLES);
  part("example-list").replaceChildren(...chosen.map((title) => {
    const asked = `What does the collection say about ${title}?`;
    return element("li", {}, button(asked, "", {}, () => {
      question.value = asked;
      ask();
    }));
  }));
  part("examples").hidden = chosen.length === 0;
}

function counted(number, one, many) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

async function describeCollection() {
  const line = part("collection");
  try {
    const [index, list] = await Promise.all([
      fetch("/v1/index"), fetch("/v1/documents?limit=60"),
    ]);
    if (!index.ok || !list.ok) throw new Error("not ready");
    const { documents, passages: count, created } = await index.json();
    line.textContent = `${counted(documents, "page", "pages")}, ${counted(count, "passage", "passages")}, `
      + `indexed ${day(created.slice(0, 10))}`;
    showExamples((await list.json()).documents);
  } catch {
    line.textContent = "The collection is not ready yet";
    setTimeout(describeCollection, RETRY_MS);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
retry.addEventListener("click", ask);
question.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    ask();
  }
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    question.focus();
    question.select();
  }
});

describeCollection();

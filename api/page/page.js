// The question page: asks, shows what comes back, and goes to and fro between answers and documents.

import { wantedBy } from "./address.js";
import { button, counted, day, element, part, say } from "./elements.js";
import * as filters from "./filters.js";
import * as history from "./history.js";
import { explain } from "./messages.js";
import { showDocument } from "./reader.js";
import { showResponse } from "./results.js";
import { forgetKey, get, hasKey, keep, post, Refusal } from "./service.js";

const RETRY_MS = 5000;
const WORDS_ONLY = "It is still being made ready: for now pages are found by their words alone";
const PENDING_MS = 15000;
const EXAMPLES = 4;
const NAME = "Footnoted";
const [question, results, message] = ["question", "results", "message"].map(part);

let pending = null;
let reading = null;
let generation = null;
let place = null;
let answered = "";
let shown = null;

function showMessage({ title, text, canRetry }) {
  results.hidden = true;
  part("urgent").hidden = true;
  message.hidden = false;
  part("message-title").textContent = title;
  part("message-text").textContent = text;
  part("retry").hidden = !canRetry;
  say(`${title}. ${text}`);
}

function showBusy() {
  document.body.classList.add("has-results");
  results.setAttribute("aria-busy", "true");
  part("urgent").hidden = true;
  message.hidden = true;
  results.hidden = false;
  if (!results.hasChildNodes()) results.append(element("p", { className: "searching", text: "Searching …" }));
  say("Searching …");
}

async function ask() {
  const query = question.value.trim();
  if (!query) {
    question.focus();
    return;
  }
  pending?.abort();
  const asked = new AbortController();
  pending = asked;
  showBusy();
  try {
    const [chosen, kept] = [filters.wanted(), filters.inWords()];
    const body = await post("/v1/query", chosen ? { query, filters: chosen } : { query }, { signal: asked.signal });
    if (asked.signal.aborted) return;
    const { outcome, spoken } = showResponse(body, { kept, searchAll });
    answered = query;
    generation = body.index.generation;
    compare();
    enter(history.remember(query, outcome, askAgain));
    say(spoken);
    // A phone's keyboard would cover the answer.
    if (matchMedia("(hover: none)").matches) question.blur();
  } catch (error) {
    refused(error);
  } finally {
    if (pending === asked) results.setAttribute("aria-busy", "false");
  }
}

// Each question is a step that the browser's back leads to. The step holds a number; the words stay in the tab.
function enter(id) {
  shown = id;
  if (window.history.state?.question !== id) window.history.pushState({ question: id }, "");
}

// Back, forward and a reload show the question of that step, or the empty page where there is none.
function stepTo() {
  const wanted = window.history.state?.question ?? null;
  if (wantedBy(location.hash) || wanted === shown) return;
  [shown, place] = [wanted, null];
  const query = history.queryOf(wanted);
  if (query) askAgain(query);
  else startOver();
}

function startOver() {
  pending?.abort();
  [shown, place] = [null, null];
  document.body.classList.remove("has-results");
  results.replaceChildren();
  for (const one of [results, message, part("urgent")]) one.hidden = true;
  [question.value, answered] = ["", ""];
  say("");
  question.focus();
}

// What was asked is shown again once the field holds something else.
function compare() {
  document.body.classList.toggle("edited", question.value.trim() !== answered);
}

function refused(error) {
  if (!(error instanceof Refusal)) throw error;
  if (error.kind === "stopped") return;
  results.replaceChildren();
  if (error.status === 401) askForKey();
  else showMessage(explain(error));
}

function askForKey() {
  const wasRefused = hasKey();
  forgetKey();
  results.hidden = true;
  message.hidden = true;
  part("key-form").hidden = false;
  part("key-help").textContent = `${wasRefused ? "This key is not accepted." : "This service asks for a key."} `
    + "It stays in this browser tab until the tab is closed.";
  say(part("key-help").textContent);
  part("key").focus();
}

function askAgain(query) {
  question.value = query;
  part("history").open = false;
  question.focus({ preventScroll: true });
  scrollTo(0, 0);
  ask();
}

function searchAll() {
  filters.clear();
  question.focus({ preventScroll: true });
  ask();
}

function showExamples(suggestions) {
  part("example-list").replaceChildren(...suggestions.map(({ text }) => element(
    "li", {}, button(text, "", { dir: "auto" }, () => askAgain(text)),
  )));
  part("examples").hidden = suggestions.length === 0;
}

async function describeCollection() {
  const line = part("collection");
  try {
    const index = await get("/v1/index");
    generation = index.generation;
    line.textContent = `${counted(index.documents, "page", "pages")}, ${counted(index.passages, "passage", "passages")}, `
      + `indexed ${day(index.created.slice(0, 10))}${index.coverage.dense < 1 ? `. ${WORDS_ONLY}` : ""}`;
    // Looking again must not replace a button that somebody is about to press.
    if (part("examples").hidden) showExamples((await get(`/v1/suggestions?limit=${EXAMPLES}`)).suggestions);
    if (index.coverage.dense < 1) setTimeout(describeCollection, PENDING_MS);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) {
      line.textContent = "This collection asks for a key";
      askForKey();
      return;
    }
    line.textContent = error.kind === "refused" ? "The collection is not ready yet" : "The service cannot be reached";
    setTimeout(describeCollection, RETRY_MS);
  }
}

async function offerFilters() {
  if (!part("filters").open) return;
  try {
    await filters.offer(generation);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) askForKey();
    part("filter-note").textContent = explain(error).title;
  }
}

// Shows what the address asks for: a document, or the question and its answer as they were.
async function follow() {
  const wanted = wantedBy(location.hash);
  reading?.abort();
  part("ask-view").hidden = wanted !== null;
  part("document-view").hidden = wanted === null;
  if (wanted === null) {
    document.title = NAME;
    if (place) {
      place.link.focus({ preventScroll: true });
      scrollTo(0, place.top);
    } else if (reading) {
      question.focus();
    }
    [place, reading] = [null, null];
    return;
  }
  reading = new AbortController();
  try {
    const from = results.hasChildNodes();
    const title = await showDocument(wanted, { signal: reading.signal, leave, from });
    if (title !== null) document.title = `${title} · ${NAME}`;
  } catch (error) {
    part("ask-view").hidden = false;
    part("document-view").hidden = true;
    refused(error);
  }
}

function leave() {
  if (place) {
    window.history.back();
  } else {
    goTo(shown);
  }
}

// Leaves a document for the question of that number, or for none.
function goTo(id) {
  window.history.pushState(id && { question: id }, "", location.pathname);
  follow();
}

part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
part("key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  keep(part("key").value.trim());
  part("key").value = "";
  part("key-form").hidden = true;
  question.focus();
  describeCollection();
  if (wantedBy(location.hash)) follow();
  else if (question.value.trim()) ask();
});
part("filters").addEventListener("toggle", offerFilters);
part("filter-groups").addEventListener("change", filters.count);
part("filter-form").addEventListener("submit", (event) => {
  event.preventDefault();
  part("filters").open = false;
  question.focus();
  if (question.value.trim()) ask();
});
part("filter-clear").addEventListener("click", filters.clear);
part("history-clear").addEventListener("click", () => {
  history.clear(askAgain);
  question.focus();
  say("The list is cleared.");
});
question.addEventListener("input", compare);
part("retry").addEventListener("click", ask);
results.addEventListener("click", (event) => {
  const link = event.target.closest("a.read-here");
  if (link) place = { link, top: scrollY };
});
question.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    ask();
  }
});
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, textarea, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !part("ask-view").hidden) {
    event.preventDefault();
    question.focus();
    question.select();
  }
});
document.querySelector(".wordmark").addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  goTo(null);
  startOver();
});
addEventListener("popstate", stepTo);
addEventListener("hashchange", follow);

history.show(askAgain);
// The address typed anew asks for the empty page; browsers keep the step's number then.
if (performance.getEntriesByType("navigation")[0]?.type === "navigate") window.history.replaceState(null, "");
describeCollection();
follow();
stepTo();

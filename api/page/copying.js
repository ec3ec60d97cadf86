// What can be copied, as plain text: the answer with numbered sources and their dates, or one quote with its source.

import { button, day, say } from "./elements.js";
import { unitsOf } from "./text.js";

const COPIED_MS = 4000;
// What a terminal or a change of direction would act on has no business in a text that is pasted elsewhere.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export function withCitations(body, numbers) {
  const { answer, passages } = body;
  const lines = [body.query, "", answerText(answer, numbers), "", "Sources"];
  for (const [rank, number] of numbers) lines.push(`[${number}] ${sourceLine(passages[rank - 1].citation)}`);
  lines.push("", `Quoted word for word from this collection (${body.index.generation}).`);
  return lines.join("\n").replace(UNSEEN, "");
}

export function withSource(text, citation) {
  return `${text}\n\n${sourceLine(citation)}`.replace(UNSEEN, "");
}

function answerText(answer, numbers) {
  return textOf(answer, answer.spans, (span) => ` [${numbers.get(span.passage_rank)}]`);
}

// The words of these spans of an answer, as they follow each other in it.
export function textOf({ text }, spans, mark = () => "") {
  let made = "";
  let end = 0;
  spans.forEach((span, place) => {
    const [start, stop] = [unitsOf(text, span.start_char), unitsOf(text, span.end_char)];
    const between = text.slice(end, start).includes("\n") ? "\n\n" : " ";
    made += `${place ? between : ""}${text.slice(start, stop)}${mark(span)}`;
    end = stop;
  });
  return made;
}

function sourceLine(citation) {
  const section = citation.headings.filter((heading) => heading !== citation.title).join(" > ");
  return [
    citation.title,
    section,
    citation.page && `Page ${citation.page}`,
    citation.citation || citation.source,
    citation.last_reviewed && `Last reviewed ${day(citation.last_reviewed)}`,
    citation.freshness === "overdue" && `Review overdue since ${day(citation.review_due)}`,
    citation.url || `File ${citation.source_path}`,
  ].filter(Boolean).map((one) => one.replace(/\.$/, "")).join(". ");
}

// A button that copies what `text` gives, and says `done` to who listens.
export function copyButton(label, className, text, done) {
  const made = button(label, className, {}, async () => {
    const worked = await copy(text());
    made.textContent = worked ? "Copied" : "Could not copy";
    say(worked ? done : "The browser did not let the page copy.");
    setTimeout(() => { made.textContent = label; }, COPIED_MS);
  });
  return made;
}

// True where it worked. The clipboard is kept from pages without TLS, other than this very machine's.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

function copySelected(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.className = "unseen";
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  focused?.focus();
  return done;
}

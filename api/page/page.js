// The question page. Everything that comes from the service is put in as text, never as markup.

const RETRY_MS = 5000;
const EXAMPLES = 3;
const BADGES = {
  current: () => "Reviewed in time",
  due_soon: (due) => `Review due ${due}`,
  overdue: (due) => `Review overdue since ${due}`,
  unknown: () => "Review date unknown",
};

const part = (id) => document.getElementById(id);
const [form, question, status, results, passages, message, retry] = [
  "form", "question", "status", "results", "passages", "message", "retry",
].map(part);

let pending = null;

function element(name, { text, className, attributes = {} } = {}, ...children) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.filter(Boolean));
  return made;
}

function day(iso) {
  const date = new Date(`${iso}T00:00:00Z`);
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(date);
}

// Only web pages are linked: a document may carry any address, `javascript:` too.
function webAddress(...candidates) {
  for (const candidate of candidates) {
    if (!candidate) continue;
    try {
      const address = new URL(candidate);
      if (address.protocol === "https:" || address.protocol === "http:") return address.href;
    } catch {
      continue;
    }
  }
  return null;
}

function link(address, text) {
  return element("a", { text, attributes: { href: address, target: "_blank", rel: "noopener noreferrer" } });
}

function languageName(code) {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}

function facts(citation) {
  const due = citation.review_due && day(citation.review_due);
  return element(
    "div",
    { className: "facts" },
    element("p", { className: "source", text: citation.source || citation.citation || "Source not given" }),
    citation.source && citation.citation && citation.citation !== citation.source
      && element("p", { className: "cite", text: citation.citation }),
    element(
      "ul",
      { attributes: { "aria-label": "About this page" } },
      element("li", { className: `badge ${citation.freshness}`, text: BADGES[citation.freshness](due) }),
      citation.last_reviewed && element("li", { text: `Last reviewed ${day(citation.last_reviewed)}` }),
      citation.audience_level && element("li", { text: `For: ${citation.audience_level}` }),
      citation.language && element("li", { text: languageName(citation.language) }),
    ),
  );
}

// The text keeps its shape: its own heading, paragraphs with their line breaks, and tables, whose cells are
// separated by tabs. No character but white space is left out.
function shaped(text, heading, attributes) {
  const made = element("div", { className: "text", attributes });
  for (const block of text.split(/\n{2,}/)) {
    let plain = [];
    let rows = [];
    const finish = () => {
      if (plain.length) made.append(element("p", { text: plain.join("\n"), className: isHeading(plain) }));
      if (rows.length) made.append(element("div", { className: "table" }, tableOf(rows)));
      [plain, rows] = [[], []];
    };
    const isHeading = (lines) => (made.children.length === 0 && lines.join("\n") === heading ? "heading" : "");
    for (const line of block.split("\n")) {
      const cells = line.includes("\t");
      if (cells ? plain.length : rows.length) finish();
      (cells ? rows : plain).push(line);
    }
    finish();
  }
  return made;
}

function tableOf(rows) {
  const cell = (text) => element("td", { text });
  return element("table", {}, ...rows.map((row) => element("tr", {}, ...row.split("\t").map(cell))));
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

function card(passage) {
  const { citation } = passage;
  const headings = citation.headings.filter((heading) => heading !== citation.title);
  const attributes = { dir: "auto", ...(citation.language ? { lang: citation.language } : {}) };
  const address = webAddress(citation.deep_link, citation.url);
  const titleId = `passage-${passage.rank}`;
  return element(
    "li",
    {},
    element(
      "article",
      { className: "passage", attributes: { "aria-labelledby": titleId } },
      element("span", { className: "number", text: `[${passage.rank}]`, attributes: { "aria-hidden": "true" } }),
      element("h3", { text: citation.title, attributes: { id: titleId, dir: "auto" } }),
      headings.length > 0 && element("p", { className: "path", text: headings.join(" › "), attributes }),
      shaped(passage.text, citation.headings.at(-1), attributes),
      facts(citation),
      element(
        "p",
        { className: "below" },
        address ? link(address, `Read the page at ${new URL(address).hostname} ↗`)
          : element("span", { className: "score", text: "No web address given" }),
        element("span", {
          className: "score",
          text: `score ${passage.score.toFixed(2)}`,
          attributes: { title: "Orders this list; it does not say how sure anything is." },
        }),
      ),
      alsoIn(passage),
    ),
  );
}

function showMessage(title, text, { canRetry = false } = {}) {
  results.hidden = true;
  message.hidden = false;
  part("message-title").textContent = title;
  part("message-text").textContent = text;
  retry.hidden = !canRetry;
  status.textContent = `${title}. ${text}`;
}

function showPassages(body) {
  message.hidden = true;
  results.hidden = false;
  const many = body.passages.length !== 1;
  part("results-title").textContent = many ? `${body.passages.length} passages` : "One passage";
  const note = part("results-note");
  note.textContent = "The closest in this collection. Whether they answer your question is for you to judge.";
  note.hidden = false;
  const notices = body.warnings.filter((warning) => warning.passage_rank === null);
  part("notices").replaceChildren(...notices.map((warning) => element("li", { text: `Note: ${warning.detail}.` })));
  part("notices").hidden = notices.length === 0;
  passages.replaceChildren(...body.passages.map(card));
  const overdue = body.passages.filter((passage) => passage.citation.freshness === "overdue").length;
  status.textContent =
    `${part("results-title").textContent} found.` + (overdue ? ` ${overdue} overdue for review.` : "");
}

function showBusy() {
  document.body.classList.add("has-results");
  results.setAttribute("aria-busy", "true");
  status.textContent = "Searching …";
  message.hidden = true;
  results.hidden = false;
  part("results-title").textContent = "Searching …";
  part("results-note").hidden = true;
  part("notices").hidden = true;
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
    else if (body.passages.length === 0) showNothing(body);
    else showPassages(body);
  } catch (error) {
    if (error.name === "AbortError") return;
    showMessage("The service cannot be reached", "Check that it is still running, then try again.", { canRetry: true });
  } finally {
    if (pending === asked) results.setAttribute("aria-busy", "false");
  }
}

function showNothing(body) {
  const reason = body.warnings.find((warning) => warning.passage_rank === null)?.code;
  const text = reason === "empty_index"
    ? "The collection holds no passages yet."
    : "No page here speaks to this question. Other words may help, or the answer lies elsewhere.";
  showMessage("Not found in this collection", text);
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

function sentence(detail) {
  const text = String(detail).replaceAll("`", "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function showExamples(documents) {
  const titles = documents.map((document) => document.title)
    .filter((title) => title.length <= 60 && !/[.!?:]$/.test(title));
  const step = Math.max(1, Math.floor(titles.length / EXAMPLES));
  const chosen = titles.filter((_, place) => place % step === 0).slice(0, EXAMPLES);
  part("example-list").replaceChildren(...chosen.map((title) => {
    const button = element("button", {
      text: `What does the collection say about ${title}?`,
      attributes: { type: "button" },
    });
    button.addEventListener("click", () => {
      question.value = button.textContent;
      ask();
    });
    return element("li", {}, button);
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

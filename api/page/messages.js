// What went wrong, in words: a title, what to do, and whether to try again.

import { sentence } from "./elements.js";

const NO_INDEX = ["index_missing", "index_corrupt", "index_mismatch", "index_refused", "encoder_unavailable"];

export function explain(refusal) {
  const { kind, status, code, detail, requestId, retryAfter } = refusal;
  const wait = retryAfter ? ` Wait ${retryAfter === 1 ? "a second" : `${retryAfter} seconds`}, then try again.` : "";
  if (kind === "slow") return again("This takes too long", "No answer came within a minute.");
  if (kind === "unreachable") {
    return navigator.onLine
      ? again("The service cannot be reached", "Check that it is still running, then try again.")
      : again("You are offline", "The service cannot be reached without a connection. Your question is kept here.");
  }
  if (status === 503 && NO_INDEX.includes(code)) return again("Not ready to answer yet", sentence(detail));
  if (status === 503) return again("Too many questions at once", `Others are being answered first.${wait}`);
  if (status === 429) return again("Too many questions for now", `The service asks for a pause.${wait}`);
  if (status === 422) return { title: "This question cannot be searched", text: sentence(detail), canRetry: false };
  if (status === 413) return { title: "This question is too long", text: sentence(detail), canRetry: false };
  const reference = requestId ? ` (${requestId})` : "";
  return again("Something went wrong", `${sentence(detail)}${reference}`);
}

function again(title, text) {
  return { title, text, canRetry: true };
}

"""Passages that speak to a language model: they are never sent to one, nor taken as evidence for what it says.

A page that tells a person something false cannot be told from one that tells the truth. But a page that gives
orders to a program that reads it is no evidence of anything, and such orders have few forms.
"""

import re

from retriever.late_pattern import late_pattern

_ORDERS = late_pattern(
    r"\b(?:ignore|disregard|forget|override|bypass|discard)\b.{0,40}\b(?:instructions?|prompts?|rules?|guidelines?|above"
    r"|previous|prior|context|passages?|sources?|documents?)\b"
    r"|\b(?:system|developer|hidden|initial|secret)\s+(?:prompt|message|instructions?)\b"
    r"|\b(?:new|updated|real|following|important|these)\s+instructions?\b.{0,30}(?::|\b(?:assistant|model|ai|llm)\b)"
    r"|\byou\s+are\s+(?:now|no\s+longer)\b|\bact\s+as\s+(?:an?\s+)?(?:\w+\s+)?(?:assistant|ai|model|dan|admin\w*)\b"
    r"|\b(?:ai|llm|language\s+models?|chatbots?|(?:the|this|an?|dear)\s+(?:assistant|model|bot))\b.{0,40}"
    r"\b(?:must|should|shall|will|has\s+to|please|say|answer|reply|respond|output|write|append|include|repeat|tell|add)\b"
    r"|\b(?:say|answer|reply|respond|output|write|print|append|include|repeat|add|insert|end|begin|start)\b.{0,30}"
    r"\b(?:to\s+the\s+user|in\s+your\s+(?:answer|reply|response)|(?:your|the|every|each|all)\s+(?:answers?|repl(?:y|ies)|"
    r"responses?|outputs?)|exactly|verbatim|to\s+(?:the|your|every|each|any)\s+(?:answer|reply|response)|the\s+(?:words?|phrase|sentence|link|image|url))\b"
    r"|\b(?:your|the\s+assistant['’]s)\s+(?:answer|reply|response|output|task|role|job)\s+(?:is|must|should|has)\b"
    r"|\bwhen\s+(?:asked|answering|summari[sz]ing|you\s+answer)\b|\bprompt\s+injection\b|\bjailbreak\b",
    re.IGNORECASE | re.DOTALL,
)
_ROLES = late_pattern(
    r"<\|[^|>\n]{1,40}\|>|\[/?(?:INST|SYS)\]|<<\s*/?SYS\s*>>|<\s*/?\s*(?:s|passage|context|document|documents|system|"
    r"assistant|user|evidence|instructions?|source|sources)\b[^>\n]{0,60}>|(?:^|[.!?>]\s)\s*(?:#{1,6}\s*)?(?:system|assistant|user|human|ai|"
    r"developer|instructions?)\s*:|(?:-{3,}|={3,}|#{3,}|`{3,})\s*(?:end|begin|start|system|assistant|context|passage)",
    re.IGNORECASE | re.MULTILINE,
)


def speaks_to_a_model(text: str) -> bool:
    """Whether a text holds orders for a program that reads it, or marks of a conversation with one."""
    return _ORDERS.search(text) is not None or _ROLES.search(text) is not None

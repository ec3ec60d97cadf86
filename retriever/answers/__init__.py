"""Answers: from the passages that were found to the stretches of them, verbatim, that answer a question.

The path of an answer, which `answer.Answerer` goes for one question:

1. `wanted`: the question is read once into one `Sought`: what it asks of a quote.
2. `quotable`: the passages become units (sentences, items, rows) and those `Quote`s that may stand alone.
3. `judged`: each quote is held against what is sought: is it on it, does it answer it, how well.
4. `chosen`: the quotes are ordered and picked, limits and items brought along, and placed among the hits.
5. `answer` writes them down with a footnote mark each, and says where pages differ or a list goes on.

Imports run one way, from `chosen` over `judged` and `wanted` to `quotable`.
`both_sides` looks for a passage on the side of a comparison that the first hits leave out; the search calls it.
"""

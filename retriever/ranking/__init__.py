"""Ranking: from the candidates of both searches to the order in which passages are shown."""

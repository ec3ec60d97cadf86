"""`POST /v1/query`: the request, the answer, its warnings and the response, on every transport."""

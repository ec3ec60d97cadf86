"""The endpoints with OpenAI's shapes: chat completions, models, search in a vector store."""

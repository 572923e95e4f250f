"""Words of programmers, which stand in nothing that people read."""
WORDS = r"\b(?:PUT|PATCH|POST|DELETE|ETag|If-Match|Retry-After|JSON|errors|login|null|undefined)\b|/v1"

"""Finding tickets by what was written on them (docs/decisions/0010-search.md)."""

"""Telling people: who hears of what, in which words, through which channel (docs/decisions/0007-telling.md)."""

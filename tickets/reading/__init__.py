"""What the ticket's page reads: everything about one ticket in two statements (docs/decisions/0014-reading.md)."""

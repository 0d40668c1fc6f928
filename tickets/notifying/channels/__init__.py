"""The ways out of the house. Nothing here knows the database: what to send comes in, what became of it goes out."""

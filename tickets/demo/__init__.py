"""A demo house in our own words: six shops of a mall for mothers and babies, their people, orders and tickets.

Nothing and nobody here is real. Telephone numbers begin with prefixes that no carrier has been given.
"""

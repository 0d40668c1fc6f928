"""The pages at size, beside the limit of the machine and the Django admin, in one run: ``make bench``.

docs/performance.md says how to read the table.
"""

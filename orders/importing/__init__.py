"""Files of orders, as malls export them, into the database.

The way of a row: ``reading`` (records of a CSV or XLSX file) → ``headings`` (which column is what) → ``row`` (cells
become values, by ``cells``) → ``gathering`` (the rows of one order come together) → ``merging`` (rows become one
order) → ``upserting`` (a chunk of orders goes in) → ``report``. docs/importing.md tells it to the person who runs it.
"""

#!/usr/bin/env python
"""Entry to Django's commands."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qinqin.settings")
    # A command (an import, a migration) may work longer on one statement than a page ever may.
    os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT", "600")
    from django.core.management import execute_from_command_line

    from qinqin.children import follow_parent

    follow_parent()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()

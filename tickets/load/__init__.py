"""A mall of any size for measuring: ``manage.py generate_load``; see docs/performance.md."""

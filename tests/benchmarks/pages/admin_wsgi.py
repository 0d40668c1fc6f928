"""``gunicorn tests.benchmarks.pages.admin_wsgi`` with the settings of admin_settings.py."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

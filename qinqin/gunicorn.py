"""How gunicorn serves the product: ``gunicorn --config python:qinqin.gunicorn qinqin.wsgi``.

Address (``--bind``) and size (``--workers``, ``--threads``) may be given beside it; what stands here about logs may
not be loosened, because a search for a phone number stands in the query string.
"""

worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 10
loglevel = "warning"
# Only the path: neither the query string (%(q)s, and inside %(r)s) nor the referring page (%(f)s).
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms'
# Its default lies in the home directory and would be shared by every server of this user.
control_socket_disable = True

"""How gunicorn serves the product: ``gunicorn --config python:qinqin.gunicorn qinqin.wsgi``.

Address (``--bind``) and size (``--workers``, ``--threads``) may be given beside it; what stands here about logs may
not be loosened, because a search for a phone number stands in the query string, and the key to a consumer's page in the
path.
"""

import gc

from gunicorn.glogging import Logger

from qinqin.children import follow_parent
from qinqin.logs import HarmlessFormatter, without_tokens

follow_parent()


class HarmlessLogger(Logger):
    """gunicorn's log without keys in the paths, and with masked numbers in what it says about errors."""

    def atoms(self, resp, req, environ, request_time):
        atoms = super().atoms(resp, req, environ, request_time)
        return atoms | {name: without_tokens(atoms[name]) for name in ("U", "r") if atoms.get(name)}

    def setup(self, cfg):
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(HarmlessFormatter(self.error_fmt, self.datefmt))


def post_worker_init(worker) -> None:
    """What the program itself is made of is never garbage: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


logger_class = HarmlessLogger

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

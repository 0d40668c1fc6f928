"""A small SMTP server: it keeps the mails, and refuses what a test tells it to refuse."""

import email
import email.policy
import socketserver
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage


class MailServer:
    """``refusals`` maps ``(command, address)`` to an answer; the command is RCPT or DATA. "" hangs up."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.refusals: dict[tuple[str, str], str] = {}
        self.commands: Counter = Counter()
        self.on_mail: Callable[[], None] = lambda: None
        self.greeting = "220 mail.test"
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

            def handle(self) -> None:
                with suppress(OSError):
                    outer.talk(self.rfile, self.say)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    def talk(self, incoming, say: Callable[[str], None]) -> None:
        self.commands["CONNECT"] += 1
        say(self.greeting)
        to = ""
        while line := incoming.readline().decode().strip():
            command = line.split(":")[0].split(" ")[0].upper()
            self.commands[command] += 1
            if command == "RCPT":
                to = line.split("<")[1].split(">")[0]
                say(self.refusals.get(("RCPT", to), "250 ok"))
            elif command == "DATA":
                say("354 go on")
                content = b""
                while (text := incoming.readline()) not in (b".\r\n", b""):
                    content += text
                refusal = self.refusals.get(("DATA", to))
                if refusal == "":
                    return
                if not refusal:
                    self.mails.append((to, email.message_from_bytes(content, policy=email.policy.default)))
                    self.on_mail()
                say(refusal or "250 kept")
            elif command == "QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")

    @property
    def mailer(self) -> dict:
        """The entry of ``MAILERS`` that leads here."""
        return {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": self.port, "timeout": 5},
        }

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

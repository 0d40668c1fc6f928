"""Letters by e-mail: one connection for several, and what became of each."""

import smtplib
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMessage, mailers

from .outcome import Undelivered


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is written. ``reference`` becomes the Message-ID: the same at every attempt."""

    address: str
    subject: str
    text: str
    reference: str

    def message(self) -> EmailMessage:
        host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")
        return EmailMessage(
            self.subject, self.text, to=[self.address], headers={"Message-ID": f"<{self.reference}@{host}>"}
        )


class Post:
    """The way to the mail server, open as long as it works."""

    def __init__(self):
        self.mailer = None

    def send(self, letter: Letter) -> None:
        """Hand one letter to the mail server. Raises ``Undelivered``."""
        try:
            if self.mailer is None:
                mailer = mailers.default
                mailer.open()
                self.mailer = mailer
            self.mailer.send_messages([letter.message()])
        except smtplib.SMTPRecipientsRefused as error:
            code = next((code for code, _ in error.recipients.values()), 0)
            raise Undelivered(f"邮件服务器拒收这个地址（{code}）", for_good=code >= 500) from None
        except smtplib.SMTPAuthenticationError:
            self.close()
            raise Undelivered("邮件服务器不接受系统的账号") from None
        except smtplib.SMTPDataError as error:
            self._hang_up_after(error.smtp_code)
            raise Undelivered(
                f"邮件服务器拒收这封邮件（{error.smtp_code}）", for_good=error.smtp_code >= 500
            ) from None
        except smtplib.SMTPResponseException as error:  # the sender, the greeting: no fault of this letter's
            self.close()
            raise Undelivered(f"邮件服务器暂时不可用（{error.smtp_code}）") from None
        except (OSError, smtplib.SMTPException):
            self.close()
            raise Undelivered("连接不上邮件服务器") from None
        except ValueError:
            raise Undelivered("邮箱地址有误", for_good=True) from None

    def close(self) -> None:
        if self.mailer is not None:
            with suppress(OSError, smtplib.SMTPException):
                self.mailer.close()
            self.mailer = None

    def _hang_up_after(self, code: int) -> None:
        if code == 421:  # the server is closing the line
            self.close()


def send_all(
    letters: Iterable[tuple[object, Letter]], note: Callable[[object, Undelivered | None], None]
) -> None:
    """Send letters over one connection; ``note`` hears of each as soon as it is known, with the key given beside it."""
    post = Post()
    try:
        for key, letter in letters:
            try:
                post.send(letter)
            except Undelivered as failure:
                note(key, failure)
            else:
                note(key, None)
    finally:
        post.close()

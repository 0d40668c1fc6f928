from django.db import models
from django.db.models import Q


class Customer(models.Model):
    """A consumer of the mall, as far as an export told us; what nobody told us stays empty."""

    account = models.CharField("会员名", max_length=120, blank=True)
    name = models.CharField("姓名", max_length=80, blank=True)
    phone = models.CharField("手机号", max_length=40, blank=True)
    anonymised_at = models.DateTimeField("匿名时间", null=True, blank=True)
    created_at = models.DateTimeField("建档时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "消费者"
        constraints = [
            # A consumer is recognised by the account name, or, where an export has none, by the phone.
            models.UniqueConstraint(
                fields=["account"], condition=~Q(account=""), name="customer_account_once"
            ),
            models.UniqueConstraint(
                fields=["phone"],
                condition=Q(account="") & ~Q(phone=""),
                name="customer_phone_once_without_account",
            ),
            models.CheckConstraint(condition=~Q(account="") | ~Q(phone=""), name="customer_is_recognisable"),
        ]

    def __str__(self) -> str:
        return f"消费者 {self.pk}"

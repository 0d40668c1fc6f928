from django.db import models
from django.db.models.functions import Now

from merchants.access import ScopedQuerySet
from merchants.models import Merchant


class SearchDocument(models.Model):
    """What is searched of one ticket: its texts, folded and masked (tickets/searching/texts.py), in one row.

    Written by ``searching.keeping`` only, in the transaction of each verb. Beside these columns lies what a database
    looks up: on PostgreSQL the columns ``tokens`` and ``tokens_of_many``, each with a GIN index, on SQLite the FTS5
    table ``tickets_searchtokens``.
    """

    ticket = models.OneToOneField(
        "tickets.Ticket", models.CASCADE, primary_key=True, verbose_name="工单", related_name="+"
    )
    # Repeats the ticket's, so that a merchant's newest documents are one walk through an index.
    merchant = models.ForeignKey(
        Merchant, models.PROTECT, verbose_name="商户", related_name="+", db_index=False
    )
    text = models.TextField("文字")
    internal = models.TextField("内部备注", blank=True, default="")
    edition = models.PositiveSmallIntegerField("版本")
    made_at = models.DateTimeField("建立时间", db_default=Now())

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "搜索文字"
        indexes = [models.Index(fields=["merchant", "ticket"], name="search_of_merchant")]

    def __str__(self) -> str:
        return f"搜索文字 {self.ticket_id}"

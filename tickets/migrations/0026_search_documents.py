"""The documents that are searched. `rebuild_search` fills them for the tickets that there are already.

What each database looks up lies beside the model: on PostgreSQL an array of tokens with a GIN index, on SQLite an FTS5
table that keeps no texts of its own. GIN's pending list is left out: every search would read it once for each bucket.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

POSTGRESQL = [
    "ALTER TABLE tickets_searchdocument ADD COLUMN tokens integer[] NOT NULL",
    "ALTER TABLE tickets_searchdocument ALTER COLUMN tokens SET STORAGE EXTERNAL",
    "CREATE INDEX search_tokens ON tickets_searchdocument USING gin (tokens) WITH (fastupdate = off)",
]
SQLITE = [
    "CREATE VIRTUAL TABLE tickets_searchtokens USING fts5(tokens, content='', detail=none, tokenize='ascii')",
]


def add(apps, schema_editor):
    for sql in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(sql, params=None)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.execute("DROP TABLE tickets_searchtokens", params=None)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0025_evidence_with_talk"), ("merchants", "0001_initial")]
    operations = [
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tickets.ticket",
                        verbose_name="工单",
                    ),
                ),
                ("text", models.TextField(verbose_name="文字")),
                ("internal", models.TextField(blank=True, default="", verbose_name="内部备注")),
                ("edition", models.PositiveSmallIntegerField(verbose_name="版本")),
                ("made_at", models.DateTimeField(db_default=Now(), verbose_name="建立时间")),
                (
                    "merchant",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="merchants.merchant",
                        verbose_name="商户",
                    ),
                ),
            ],
            options={
                "verbose_name": "搜索文字",
                "verbose_name_plural": "搜索文字",
                "indexes": [models.Index(fields=["merchant", "ticket"], name="search_of_merchant")],
            },
        ),
        migrations.RunPython(add, remove),
    ]

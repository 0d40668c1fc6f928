"""Logins in a table that says whose they are; who is logged in stays so."""

import django.db.models.deletion
from django.conf import settings
from django.core import signing
from django.db import migrations, models
from django.utils import timezone

SALT = "django.contrib.sessions.SessionStore"


def take_over(apps, schema_editor):
    old, new = apps.get_model("sessions", "Session"), apps.get_model("merchants", "Session")
    people = set(apps.get_model("merchants", "User").objects.values_list("pk", flat=True))
    for session in old.objects.filter(expire_date__gt=timezone.now()).iterator():
        try:
            data = signing.loads(
                session.session_data, salt=SALT, serializer=signing.JSONSerializer, max_age=None
            )
            person = int(data["_auth_user_id"])
        except (signing.BadSignature, KeyError, TypeError, ValueError):
            continue
        if person in people:
            new.objects.create(
                session_key=session.session_key,
                session_data=session.session_data,
                expire_date=session.expire_date,
                user_id=person,
            )
    old.objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("merchants", "0001_initial"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="账号",
                    ),
                ),
            ],
            options={"verbose_name": "登录", "verbose_name_plural": "登录"},
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]

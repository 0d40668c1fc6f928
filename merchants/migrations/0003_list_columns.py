from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("merchants", "0002_sessions")]
    operations = [
        migrations.AddField(
            "user",
            "list_columns",
            models.JSONField("工单列表的列", blank=True, default=list, editable=False),
        )
    ]

"""When an order's and a consumer's personal facts were taken out."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]
    operations = [
        migrations.AddField(
            "customer", "anonymised_at", models.DateTimeField("匿名时间", blank=True, null=True)
        ),
        migrations.AddField(
            "order", "anonymised_at", models.DateTimeField("匿名时间", blank=True, null=True)
        ),
    ]

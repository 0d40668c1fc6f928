from django.db import migrations, models

from qinqin.index_operations import AddIndexQuietly


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("orders", "0002_anonymised")]

    operations = [
        AddIndexQuietly(
            model_name="order",
            index=models.Index(fields=["-imported_at", "-id"], name="order_imported"),
        ),
    ]

"""Orders are found by the last four digits of a phone without a look at all of them."""

from django.db import migrations, models

import orders.phone_places


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_list_indexes")]
    operations = [
        migrations.AddIndex(
            "order", models.Index(orders.phone_places.PhoneEnd("phone"), name="order_phone_end")
        ),
        migrations.AddIndex(
            "order", models.Index(orders.phone_places.MobileEnd("phone"), name="order_mobile_end")
        ),
    ]

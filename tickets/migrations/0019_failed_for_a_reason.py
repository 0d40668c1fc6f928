"""An honest failure has a reason, and so has a return; a text that says nothing is refused as far as SQL can tell.

SQLite has lost the triggers of the tables that are rebuilt here and in 0017.
"""

from django.db import migrations, models
from django.db.models import functions, lookups

from ._triggers import append_only, guard_all

# As tickets/wording.py had it.
INVISIBLE_EDGES = (
    "\t\n\r \u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b\u180c\u180d\u180e"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u200e\u200f"
    "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u202f\u205f\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069"
    "\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3000\u3164\ufe0e\ufe0f\ufeff\uffa0\U00013441\U00013442"
    + "".join(map(chr, range(0xE0020, 0xE0080)))
)
HOLLOW_EDGES = INVISIBLE_EDGES + (
    '!"#$&()*+,-./0123456789:;<=>?@[]^_`{|}~·—‘’“”…、。《》「」『』【】！（），：；？～０１２３４５６７８９'
)


def guard(apps, schema_editor):
    guard_all(apps, schema_editor)
    append_only(schema_editor, "tickets_message")
    append_only(schema_editor, "tickets_mention")


class Migration(migrations.Migration):
    dependencies = [("tickets", "0018_first_guides_and_reasons")]
    operations = [
        migrations.RemoveConstraint(
            model_name="result",
            name="result_text_long_enough",
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "submitted"),
                    models.Q(("kind", "returned"), models.Q(("reason_name", ""), _negated=True)),
                    models.Q(
                        models.Q(("kind__in", ["submitted", "returned"]), _negated=True), ("reason_name", "")
                    ),
                    _connector="OR",
                ),
                name="event_returned_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.CheckConstraint(
                condition=lookups.GreaterThanOrEqual(
                    functions.Length(
                        models.Func(
                            models.Func("text", models.Value(HOLLOW_EDGES), function="LTRIM"),
                            models.Value(HOLLOW_EDGES),
                            function="RTRIM",
                        )
                    ),
                    10,
                ),
                name="result_text_long_enough",
            ),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.CheckConstraint(
                condition=lookups.GreaterThanOrEqual(
                    functions.Length(functions.Replace("text", functions.Left("text", 1), models.Value(""))),
                    2,
                ),
                name="result_text_is_not_one_character",
            ),
        ),
        migrations.AddConstraint(
            model_name="result",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome__in", ["platform", "unsolved"]),
                        models.Q(("reason_name", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("outcome__in", ["platform", "unsolved"]), _negated=True),
                        ("reason_name", ""),
                    ),
                    _connector="OR",
                ),
                name="result_failed_for_a_reason",
            ),
        ),
        migrations.RunPython(guard, migrations.RunPython.noop),
    ]

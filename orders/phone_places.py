from django.db.models import CharField, Func


class PhoneEnd(Func):
    """The last four digits of a number. Written out, for an index serves no expression with parameters in it."""

    template = "RIGHT(%(expressions)s, 4)"
    output_field = CharField()

    def as_sqlite(self, compiler, connection, **context):
        return super().as_sql(compiler, connection, template="SUBSTR(%(expressions)s, -4)", **context)


class MobileEnd(Func):
    """The last four digits of a mobile number, whatever follows it."""

    template = "SUBSTR(%(expressions)s, 8, 4)"
    output_field = CharField()

from django.db.models import Func, Value


def without_edges(column: str, characters: str) -> Func:
    """The text of a column without any of these characters at its beginning and end, for a constraint to measure."""
    return Func(Func(column, Value(characters), function="LTRIM"), Value(characters), function="RTRIM")

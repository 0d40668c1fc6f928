"""@姓名 in a text: whom it means."""

from dataclasses import dataclass

import pytest

from tickets.mentioning import mentioned


@dataclass
class Person:
    pk: int
    name: str

    def __str__(self) -> str:
        return self.name


PEOPLE = [
    Person(1, "王小"),
    Person(2, "王小明"),
    Person(3, "李雷"),
    Person(4, "李雷"),
    Person(5, "Li"),
    Person(6, "赵 敏"),
]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@王小 看一下", [1]),
        ("@王小明看一下", [2]),
        ("请＠王小明、@王小 都看看，@王小明", [2, 1]),
        ("@李雷 两位李雷都会看到", [3, 4]),
        ("@Li 你好", [5]),
        ("@Lily 你好", []),
        ("@Li，你好", [5]),
        ("@赵 敏 你好", [6]),
        ("写信给 service@Li", []),
        ("王小 李雷", []),
        ("@ 王小", []),
        ("@", []),
        ("", []),
    ],
)
def test_a_name_after_an_at(text, meant):
    assert [person.pk for person in mentioned(text, PEOPLE)] == meant


def test_without_an_at_nobody_is_looked_up():
    def people():
        raise AssertionError("somebody was looked up")
        yield

    assert mentioned("王小明请看", people()) == []

"""What the import commands have in common: the file, the bars, the report, the exit status."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management.base import BaseCommand, CommandError
from django.db import Error as DatabaseError
from django.db import OperationalError, ProgrammingError
from tqdm import tqdm

from .reading import Table, Unusable, open_table
from .report import Report

REPAINT_EVERY = 500


class ImportCommand(BaseCommand):
    """A command that imports a file. A subclass names its sums (``kinds``) and does the work (``import_table``)."""

    kinds: list[str]

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", metavar="FILE", help="CSV 或 XLSX 文件")
        parser.add_argument("--dry-run", action="store_true", help="只检查并报告，不写入")

    def import_table(self, table: Table, report: Report, options: dict) -> None:
        raise NotImplementedError

    def handle(self, *args, **options) -> None:
        report = Report(self.kinds, self.say)
        failure = None
        try:
            with open_table(options["file"]) as table:
                self.import_table(table, report, options)
        except Unusable as error:
            failure = CommandError(str(error))
        except DatabaseError as error:
            failure = CommandError(database_sentence(error))
        except KeyboardInterrupt:
            failure = CommandError("已中断。已完成的部分保留，可重新运行", returncode=130)
        report.tell_noticed()
        if not failure or any(report.counts.values()):
            self.stdout.write(report.sums() + ("（试运行，未写入）" if options["dry_run"] else ""))
        if failure:
            raise failure
        if report.refused:
            raise CommandError(f"有 {report.refused} 行被拒绝，原因见上；其余已处理")

    def say(self, sentence: str) -> None:
        with tqdm.external_write_mode():
            self.stderr.write(sentence)

    @contextmanager
    def reading_bar(self, table: Table) -> Iterator[Callable[[], None]]:
        """A bar over the file; to be called once for every row."""
        source = table.source
        with tqdm(
            desc="读取", total=source.size, unit=source.unit, unit_scale=True, disable=None, leave=False
        ) as bar:
            rows = 0

            def one_more() -> None:
                nonlocal rows
                rows += 1
                if rows % REPAINT_EVERY == 0:
                    bar.update(source.position - bar.n)

            yield one_more

    @contextmanager
    def writing_bar(self, rows: int) -> Iterator[Callable[[int], None]]:
        """A bar over so many rows; to be called with how many more are done."""
        with tqdm(desc="导入", total=rows, unit="行", unit_scale=True, disable=None, leave=False) as bar:
            yield bar.update


def database_sentence(error: DatabaseError) -> str:
    """Why the database failed. Only what it says of itself is repeated: other messages quote the row."""
    of_itself = isinstance(error, OperationalError | ProgrammingError) and str(error).strip()
    why = f"：{str(error).strip().splitlines()[0]}" if of_itself else ""
    return f"数据库不可用或拒绝写入，导入未完成（已完成的部分保留，可重新运行）{why}"

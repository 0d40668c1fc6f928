from orders.importing.command import ImportCommand
from orders.importing.gathering import Rows
from orders.importing.orders import KINDS, OrderImport, only_merchant


class Command(ImportCommand):
    help = "导入订单文件（CSV 或 XLSX）：按订单号新增或更新，可反复运行。被拒绝的行逐行说明，其余照常导入。"
    kinds = KINDS

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--merchant", metavar="CODE", help="文件中的订单都属于这个商户（商户编码或名称）")

    def import_table(self, table, report, options):
        merchant = only_merchant(options["merchant"]) if options["merchant"] is not None else None
        work = OrderImport(table, report, merchant=merchant, write=not options["dry_run"])
        with Rows() as rows:
            with self.reading_bar(table) as on_read:
                work.gather(rows, on_read)
            with self.writing_bar(rows.count) as on_rows:
                work.bring_in(rows, on_rows)

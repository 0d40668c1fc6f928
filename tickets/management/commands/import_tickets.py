from orders.importing.command import ImportCommand
from orders.importing.reading import Unusable
from tickets.importing import KINDS, TicketImport, opener
from tickets.lifecycle import Refused


class Command(ImportCommand):
    help = (
        "批量新建工单（CSV 或 XLSX：订单号、问题类型、紧急程度、问题描述），自动交给订单所属商户。"
        "与未结束工单内容相同的行算已存在，可反复运行。"
    )
    kinds = KINDS

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--by", metavar="USERNAME", required=True, help="以哪个客服或主管账号新建")

    def import_table(self, table, report, options):
        try:
            by_user = opener(options["by"])
        except Refused as error:
            raise Unusable(str(error)) from error
        work = TicketImport(table, report, by_user=by_user, write=not options["dry_run"])
        with self.reading_bar(table) as on_read:
            work.run(on_read)

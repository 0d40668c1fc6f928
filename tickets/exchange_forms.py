"""Forms of 导出, 批量建单 and 订单导入."""

from django import forms

from merchants.models import Merchant
from qinqin.widgets import RadioSelect

from .exchange import MOST_BYTES, MOST_ROWS
from .exchange.tables import FORMATS


class ExportForm(forms.Form):
    """Which columns, and which kind of file."""

    columns = forms.MultipleChoiceField(
        label="要导出的列", widget=forms.CheckboxSelectMultiple, error_messages={"required": "请至少选择一列"}
    )
    format = forms.ChoiceField(
        label="文件格式", widget=RadioSelect, choices=list(FORMATS.items()),
        error_messages={"required": "请选择文件格式"},
    )  # fmt: skip

    use_required_attribute = False

    def __init__(self, *args, columns, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["columns"].choices = [(column.key, column.heading) for column in columns]
        self.fields["columns"].initial = [column.key for column in columns if column.first]
        self.fields["format"].initial = "xlsx"


class UploadForm(forms.Form):
    """A file of tickets or orders."""

    file = forms.FileField(
        label="文件", help_text=f"CSV 或 XLSX，最大{MOST_BYTES // 1024 // 1024}MB、{MOST_ROWS // 10_000}万行",
        widget=forms.FileInput({"accept": ".csv,.xlsx,text/csv"}), max_length=255,
        error_messages={
            "required": "请选择文件", "empty": "文件是空的：没有表头，也没有数据", "max_length": "文件名太长",
            "invalid": "请选择文件",
        },
    )  # fmt: skip

    use_required_attribute = False


class OrderUploadForm(UploadForm):
    merchant = forms.ModelChoiceField(
        label="商户", required=False, queryset=Merchant.objects.none(), empty_label="按文件中的商户列",
        help_text="文件没有商户列时，选择这些订单属于哪个商户",
        error_messages={"invalid_choice": "请从列表中选择商户"},
    )  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["merchant"].queryset = Merchant.objects.filter(is_active=True).order_by("name")

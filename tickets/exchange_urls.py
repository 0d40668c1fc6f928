from django.urls import path

from .views import exports, imports, jobs

app_name = "exchange"

urlpatterns = [
    path("exports/tickets/", exports.export_tickets, name="export_tickets"),
    path("exports/orders/", exports.export_orders, name="export_orders"),
    path("exports/records/", exports.records, name="records"),
    path("imports/tickets/", imports.open_tickets, name="open_tickets"),
    path("imports/tickets/template/<str:file_format>/", imports.ticket_template, name="ticket_template"),
    path("imports/orders/", imports.import_orders, name="import_orders"),
    path("imports/orders/template/<str:file_format>/", imports.order_template, name="order_template"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/confirm/", jobs.confirm, name="confirm"),
    path("jobs/<int:pk>/cancel/", jobs.cancel, name="cancel"),
    path("jobs/<int:pk>/file/", jobs.result, name="result"),
    path("jobs/<int:pk>/errors/", jobs.errors, name="errors"),
]

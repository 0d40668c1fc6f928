"""Tickets in the Django admin: the list with the same columns, the page with its rounds and its history."""

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.urls import include, path

from tickets.models import Event, Round, Ticket


class Shown(admin.TabularInline):
    """Rows to read, which costs the admin a fifth of what a form for each of them would."""

    extra, can_delete = 0, False

    def has_add_permission(self, request, obj=None) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False


class RoundInline(Shown):
    model = Round

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("merchant", "policy__category", "calendar")


class EventInline(Shown):
    model = Event

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("round", "actor", "reason_code")


class TicketAdmin(admin.ModelAdmin):
    list_display = [
        "number", "order_number", "merchant", "category", "problem", "urgency", "status", "due_at", "created_at",
        "handled_at",
    ]  # fmt: skip
    list_select_related = ["merchant", "category"]
    list_per_page = 50
    list_filter = ["status", "urgency"]
    search_fields = ["number", "order_number", "problem"]
    raw_id_fields = ["order", "merchant", "customer", "opened_by", "assignee", "merged_into", "result"]
    inlines = [RoundInline, EventInline]


class BenchSite(AdminSite):
    """Only tickets."""


site = BenchSite(name="admin")
site.register(Ticket, TicketAdmin)
urlpatterns = [path("bench/", site.urls), path("", include("qinqin.urls"))]

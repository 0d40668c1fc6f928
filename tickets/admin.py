"""Kinds of problems and deadlines, for the system administrator."""

from django.contrib import admin

from .models import Category, Policy, ReasonCode


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ["name", "position", "is_active"]
    list_editable = ["position", "is_active"]
    search_fields = ["name"]


@admin.register(ReasonCode)
class ReasonCodeAdmin(admin.ModelAdmin):
    list_display = ["name", "kind", "category", "position", "is_active"]
    list_filter = ["kind", "is_active"]
    list_select_related = ["category"]
    search_fields = ["name"]


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin):
    list_display = ["__str__", "urgency", "category", "warning_minutes", "deadline_minutes"]
    list_filter = ["urgency"]
    list_select_related = ["category"]

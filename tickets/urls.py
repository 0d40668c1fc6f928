from django.urls import path

from .views import calendars, deadlines, detail, evidence, holidays, listing, opening, overdue, review, verbs

app_name = "tickets"

urlpatterns = [
    path("", listing.ticket_list, name="list"),
    path("new/", opening.ticket_new, name="new"),
    path("review/", review.review_list, name="review"),
    path("overdue/", overdue.overdue_desk, name="overdue"),
    path("deadlines/", deadlines.deadlines, name="deadlines"),
    path("deadlines/policies/new/", deadlines.policy_new, name="policy_new"),
    path("deadlines/policies/<int:pk>/", deadlines.policy_edit, name="policy_edit"),
    path("deadlines/policies/<int:pk>/delete/", deadlines.policy_delete, name="policy_delete"),
    path("deadlines/calendars/new/", calendars.calendar_new, name="calendar_new"),
    path("deadlines/calendars/<int:pk>/", calendars.calendar_edit, name="calendar_edit"),
    path("deadlines/calendars/<int:pk>/delete/", calendars.calendar_delete, name="calendar_delete"),
    path("deadlines/holidays/add/", holidays.holiday_add, name="holiday_add"),
    path("deadlines/holidays/library/", holidays.holiday_library, name="holiday_library"),
    path("deadlines/holidays/upload/", holidays.holiday_upload, name="holiday_upload"),
    path("deadlines/holidays/template/", holidays.holiday_template, name="holiday_template"),
    path("deadlines/holidays/<int:pk>/delete/", holidays.holiday_delete, name="holiday_delete"),
    path("<str:number>/", detail.ticket_detail, name="detail"),
    path("<str:number>/files/", evidence.upload, name="upload"),
    path("<str:number>/files/<uuid:key>/", evidence.file, name="file"),
    path("<str:number>/files/<uuid:key>/thumb/", evidence.thumbnail, name="thumbnail"),
    path("<str:number>/files/<uuid:key>/caption/", evidence.caption, name="caption"),
    path("<str:number>/files/<uuid:key>/discard/", evidence.discard, name="discard"),
    path("<str:number>/evidence/", evidence.add_evidence, name="add_evidence"),
    path("<str:number>/submit/", verbs.submit, name="submit"),
    path("<str:number>/approve/", verbs.approve, name="approve"),
    path("<str:number>/return/", verbs.return_to_merchant, name="return"),
    path("<str:number>/cancel/", verbs.cancel, name="cancel"),
    path("<str:number>/reopen/", verbs.reopen, name="reopen"),
    path("<str:number>/hold/", verbs.hold, name="hold"),
    path("<str:number>/resume/", verbs.resume, name="resume"),
    path("<str:number>/remind/", verbs.remind, name="remind"),
    path("<str:number>/extend/", verbs.extend, name="extend"),
    path("<str:number>/grant/", verbs.grant, name="grant"),
    path("<str:number>/decline/", verbs.decline, name="decline"),
]

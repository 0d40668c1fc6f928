from django.urls import path

from .views import detail, listing, opening, overdue, review, verbs

app_name = "tickets"

urlpatterns = [
    path("", listing.ticket_list, name="list"),
    path("new/", opening.ticket_new, name="new"),
    path("review/", review.review_list, name="review"),
    path("overdue/", overdue.overdue_desk, name="overdue"),
    path("<str:number>/", detail.ticket_detail, name="detail"),
    path("<str:number>/submit/", verbs.submit, name="submit"),
    path("<str:number>/approve/", verbs.approve, name="approve"),
    path("<str:number>/return/", verbs.return_to_merchant, name="return"),
    path("<str:number>/cancel/", verbs.cancel, name="cancel"),
    path("<str:number>/reopen/", verbs.reopen, name="reopen"),
]

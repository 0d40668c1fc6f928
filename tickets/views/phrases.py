"""快捷短语: a person's own, and those that their side shares."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from merchants.access import WORKING_ROLES, NotVisible, allow

from ..models import Phrase
from ..models.phrase import MOST_PHRASES, keeps_shared
from ..phrase_forms import PhraseForm

NO_PHRASE = "短语不存在或无权修改"


@allow(*WORKING_ROLES)
@require_safe
def phrase_list(request: HttpRequest) -> HttpResponse:
    """Those one can use, one's own first; at most twice ``MOST_PHRASES``."""
    context = {
        "own": Phrase.objects.own(request.user),
        "shared": Phrase.objects.shared(request.user),
        "keeps_shared": keeps_shared(request.user),
        "most": MOST_PHRASES,
    }
    return render(request, "tickets/phrases.html", context)


@allow(*WORKING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def phrase_new(request: HttpRequest) -> HttpResponse:
    """A new one."""
    return _phrase_form(request, Phrase())


@allow(*WORKING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def phrase_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Other words."""
    return _phrase_form(request, _kept(request, pk))


@allow(*WORKING_ROLES)
@require_POST
def phrase_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Nobody needs it any more; what was written with it stays."""
    phrase = _kept(request, pk)
    phrase.delete()
    messages.success(request, f"已删除短语「{phrase}」")
    return redirect("tickets:phrases")


def _kept(request: HttpRequest, pk: int) -> Phrase:
    phrase = Phrase.objects.kept_by(request.user).filter(pk=pk).first()
    if phrase is None:
        raise NotVisible(NO_PHRASE)
    return phrase


def _phrase_form(request: HttpRequest, phrase: Phrase) -> HttpResponse:
    title = "修改短语" if phrase.pk else "新建短语"
    form = PhraseForm(request.POST if request.method == "POST" else None, instance=phrase, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            phrase.put(by_user=request.user, shared=form.cleaned_data.get("shared", False))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已保存短语「{phrase}」")
            return redirect("tickets:phrases")
    context = {"form": form, "phrase": phrase, "title": title}
    return render(request, "tickets/phrase_form.html", context, status=422 if form.is_bound else 200)

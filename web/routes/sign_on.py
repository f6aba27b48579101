"""`/oidc`: signing in at the bureau's single sign-on. What goes wrong is told on a small page with a way back."""

from flask import Response, current_app, request
from markupsafe import escape

from twin.errors import NotFound, TooMany, TwinError
from twin.values.sentence import LANGUAGES, in_language, say
from web.people.oidc import MINUTES, Flow, Provider, own_path
from web.people.sign_on import brought_back, kept, signed_on
from web.routes.people import address, door, give_session, people
from web.routes.table import LANG, Parameter, Routes

routes = Routes()

HTML = "text/html; charset=utf-8"
_COOKIE = "twin_oidc"


def _provider() -> Provider:
    found: Provider | None = current_app.extensions.get("twin.provider")
    if found is None:
        settings = people().settings
        if not (settings.users and settings.oidc):
            raise NotFound("There is no single sign-on: TWIN_OIDC_ISSUER says where one is.")
        base_url: str = current_app.extensions["twin.base_url"]
        found = current_app.extensions.setdefault("twin.provider", Provider(settings.oidc, base_url))
    return found


def _cookie_name() -> str:
    return f"__Host-{_COOKIE}" if door().is_secure(request.environ) else _COOKIE


def _to(where: str) -> Response:
    answer = Response(status=303)
    answer.headers["Location"] = where
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _keep(answer: Response, value: str, seconds: int) -> Response:
    secure = door().is_secure(request.environ)
    answer.set_cookie(_cookie_name(), value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="Lax")
    return answer


def _told(error: TwinError, language: str) -> Response:
    """Return a page that says what went wrong, and leads back."""
    back = in_language(say("Back to the map"), language)
    title = in_language(say("Signing in did not work"), language)
    body = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<h1>{escape(title)}</h1><p>{escape(in_language(error.sentence, language))}</p>"
        f'<p><a href="/">{escape(back)}</a></p></html>'
    )
    answer = Response(body, current_app.extensions["twin.status_of"](error), content_type=HTML)
    answer.headers["Cache-Control"] = "no-store"
    if isinstance(error, TooMany):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _language() -> str:
    asked = request.args.get("lang")
    return asked if asked in LANGUAGES else LANGUAGES[0]


@routes.get(
    "/oidc/login",
    "Go to the single sign-on",
    needs=None,
    media_type=HTML,
    status=303,
    asks=(LANG, Parameter("next", "The page to come back to: a path of this server.")),
)
def sign_on() -> Response:
    """Send the browser to the provider."""
    try:
        door().limits.sign_on(address(), "login")
        url, flow = _provider().start(own_path(request.args.get("next", "/")), _language())
        return _keep(_to(url), kept(people(), flow), MINUTES * 60)
    except TwinError as error:
        return _told(error, _language())


@routes.get(
    "/oidc/callback",
    "Come back from the single sign-on",
    needs=None,
    media_type=HTML,
    status=303,
    asks=tuple(Parameter(name, "As the single sign-on says.") for name in ("code", "state", "iss", "error")),
)
def signed_in() -> Response:
    """Start a session for whom the provider names."""
    flow: Flow | None = None
    try:
        door().limits.sign_on(address(), "callback")
    except TooMany as error:
        return _told(error, _language())  # the browser keeps what it has: it may load this address again
    try:
        flow = brought_back(people(), request.cookies.get(_cookie_name(), ""))
        claimed = _provider().finish(flow, request.args)
        owner = signed_on(people(), claimed, address())
        agent = request.headers.get("User-Agent", "")
        key, _ = people().keys.start_session(owner, address(), agent, door().cookie_of(request.environ))
        answer = give_session(_to(own_path(flow.next)), key)
    except TwinError as error:
        answer = _told(error, flow.language if flow else _language())
    return _keep(answer, "", 0)


@routes.get(
    "/oidc/logout", "Go to where the single sign-on signs out", needs=None, media_type=HTML, status=303, asks=(LANG,)
)
def sign_off() -> Response:
    """Send the browser to where it signs out of everything, else to the page; here it signs out before."""
    try:
        door().limits.sign_on(address(), "logout")
        return _to(_provider().sign_out_url() or "/")
    except TwinError as error:
        return _told(error, _language())

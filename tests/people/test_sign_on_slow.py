"""A provider of the single sign-on that hangs, and how many of the server's threads it takes."""

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from typing import Any

import pytest

from tests.people.provider import CLIENT
from twin.errors import SignOnFailed
from web.people import oidc
from web.people.oidc_http import Unanswered
from web.people.settings import OidcSettings

BASE = "http://localhost"


class _Slow:
    """Stands for a provider that does not answer before it is let go; counts who asks."""

    def __init__(self) -> None:
        self.asked, self.entered, self.go = 0, threading.Event(), threading.Event()

    def __call__(self, *_: Any) -> dict[str, Any]:
        self.asked += 1
        self.entered.set()
        assert self.go.wait(30)
        raise Unanswered("timed out")


def test_a_provider_that_hangs_takes_one_thread_and_is_let_be_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    slow, now = _Slow(), [100.0]
    monkeypatch.setattr("web.people.oidc.ask", slow)
    monkeypatch.setattr("web.people.oidc.WAIT", 0.05)
    asking = oidc.Provider(OidcSettings("https://sso.example.cn", CLIENT), BASE, lambda: now[0])
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(asking.start, "/", "en")
        assert slow.entered.wait(30)
        others = [pool.submit(asking.sign_out_url) for _ in range(4)]
        for other in others:  # they are told while the first one still waits
            with pytest.raises(SignOnFailed, match="takes long"):
                other.result(30)
        slow.go.set()
        with pytest.raises(SignOnFailed, match="timed out"):
            first.result(30)
    now[0] += oidc.AGAIN - 0.1
    for _ in range(3):
        with pytest.raises(SignOnFailed, match="timed out"):
            asking.start("/", "en")
    assert slow.asked == 1
    now[0] += 0.2
    with pytest.raises(SignOnFailed, match="timed out"):
        asking.start("/", "en")
    assert slow.asked == 2


def test_few_ask_the_provider_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = _Slow()
    monkeypatch.setattr("web.people.oidc.ask", slow)
    monkeypatch.setattr("web.people.oidc.WAIT", 0.05)
    asking = oidc.Provider(OidcSettings("https://sso.example.cn", CLIENT), BASE)
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(asking._ask, "https://sso.example.cn/token") for _ in range(8)]
        for done in islice(as_completed(waiting, 30), 8 - oidc.MOST_ASKING):
            assert "takes long" in str(done.exception())
        assert slow.asked == oidc.MOST_ASKING
        slow.go.set()

"""A page that nothing but a script's answers is asked of.

Playwright has a browser tell it of every request, and the own process of a page then keeps what was answered, up to
100 MB: a page whose memory is judged must not be watched so.
"""

import json
import time
from typing import Any

from playwright.sync_api import Browser


class Unwatched:
    """A tab in a context of its own, driven by `Runtime.evaluate` alone."""

    def __init__(self, browser: Browser, script: str, width: int, height: int) -> None:
        """Open an empty tab; `script` runs before those of every page."""
        self._browser = browser.new_browser_cdp_session()
        self._answers: dict[int, dict[str, Any]] = {}
        self._number = 0
        self._browser.on("Target.receivedMessageFromTarget", self._receive)
        context = self._browser.send("Target.createBrowserContext")["browserContextId"]
        made = {"url": "about:blank", "browserContextId": context, "width": width, "height": height}
        target = self._browser.send("Target.createTarget", made)["targetId"]
        attached = self._browser.send("Target.attachToTarget", {"targetId": target, "flatten": False})
        self._session = attached["sessionId"]
        self._send("Page.enable")
        self._send("Page.addScriptToEvaluateOnNewDocument", {"source": script})

    def goto(self, url: str) -> None:
        """Load an address."""
        self._send("Page.navigate", {"url": url})

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression, awaited."""
        asked = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        found = self._send("Runtime.evaluate", asked)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def _receive(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if event["sessionId"] == self._session and "id" in message:
            self._answers[message["id"]] = message

    def _send(self, method: str, given: dict[str, Any] | None = None) -> dict[str, Any]:
        self._number += 1
        message = json.dumps({"id": self._number, "method": method, "params": given or {}})
        self._browser.send("Target.sendMessageToTarget", {"sessionId": self._session, "message": message})
        while self._number not in self._answers:
            time.sleep(0.01)
            self._browser.send("Browser.getVersion")  # lets what has come in be heard
        answer = self._answers.pop(self._number)
        assert "error" not in answer, answer["error"]
        result: dict[str, Any] = answer["result"]
        return result

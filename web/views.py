"""What a server keeps in memory of a twin for each scope: the whole, and parts of it for those who see a part.

A part judges nothing and reads no layer anew: it shares what the whole has in memory, cut down to the scope
(`twin.judged_seen`, `twin.store.visible`).  Which part a request gets is decided here and nowhere else.
"""

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from typing import Any

from twin.errors import NotAllowed, NotSignedIn
from twin.judged import Judged
from twin.judged_elements import JudgedElements
from twin.judged_seen import SeenJudged
from twin.judged_timeline import Timeline
from twin.store import Store
from twin.store.visible import Visible
from twin.values.rights import LOCAL, PUBLIC, Identity, Published, Role, Scope, scope_of
from web.found_elements import FoundElements
from web.layers import Layers
from web.replaced import Replaced
from web.search import Search
from web.search_seen import SeenSearch

MOST_VIEWS = 16  # beside the whole
_MOST_KNOWN = 2000  # askers whose scope is remembered
_numbers = count(1)


class View:
    """A twin as it is seen in one scope; its parts are made when they are first asked for.

    number : names it in this process, for ever
    public : it is what everybody sees who is not signed in
    """

    def __init__(self, store: Store, whole: "View | None" = None) -> None:
        self.store, self._whole = store, whole
        self.number = next(_numbers)
        self.public = isinstance(store, Visible) and store.scope.layers is not None
        self._stores: dict[Role, Store] = {}

    def store_for(self, role: Role) -> Store:
        """Return the store for those who have this role in all that is seen."""
        if not isinstance(self.store, Visible):
            return self.store
        if role not in self._stores:
            self._stores[role] = Visible(self.store.whole, replace(self.store.scope, role=role))
        return self._stores[role]

    @cached_property
    def judged(self) -> Judged:
        """What is judged of the facts."""
        if self._whole is None or not isinstance(self.store, Visible):
            return Judged(self.store)
        return SeenJudged(self._whole.judged, self.store)

    @cached_property
    def judged_elements(self) -> JudgedElements:
        """What is judged of building elements."""
        return JudgedElements(self.judged, None if self._whole is None else self._whole.judged_elements)

    @cached_property
    def timeline(self) -> Timeline:
        """The lights of all months."""
        made = Timeline(self.judged)
        if self._whole is not None:
            made.threaded = self._whole.timeline.threaded
        return made

    @cached_property
    def layers(self) -> Layers:
        """The city's layers."""
        return Layers(self.store, self.judged, None if self._whole is None else self._whole.layers)

    @cached_property
    def replaced(self) -> Replaced:
        """The plain buildings that models stand for."""
        return Replaced(self.store, self.layers)

    @cached_property
    def search(self) -> Search:
        """The search."""
        if self._whole is None or not isinstance(self.store, Visible):
            return Search(self.store, self.judged, self.layers)
        return SeenSearch(self._whole.search, self.store, self.judged, self.layers)

    @cached_property
    def found_elements(self) -> FoundElements:
        """Systems of models, histories of elements."""
        return FoundElements(self.store)


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody is given who asks for something.

    store : of the view, for changes in the role that was needed
    """

    identity: Identity
    view: View
    store: Store


class Views:
    """The views of one twin; safe to share between threads.

    users : are people told apart: then a request of which nobody says whose it is, is the public's
    """

    def __init__(self, store: Store) -> None:
        self.users = False
        self.whole = View(store)
        self._lock = threading.Lock()
        self._views: OrderedDict[Scope, View] = OrderedDict()
        self._known: tuple[int, Published, dict[Any, tuple[View, Store]]] = -1, Published({}, frozenset()), {}
        self._local = Seen(LOCAL, self.whole, store)

    def who(self, environ: Mapping[str, Any]) -> Identity:
        """Return who asks: whom the door has found, else whoever sits at this machine."""
        found: Identity | None = environ.get("twin.identity")
        return found or (PUBLIC if self.users else LOCAL)

    def seen(self, identity: Identity, needs: Role) -> Seen:
        """Return what somebody is given who asks for what needs a role.

        Raises
        ------
        NotSignedIn : nobody who is not signed in may.
        NotAllowed : they have that role nowhere; or not in the whole city, where it is an administrator's.
        """
        if identity.kind == "local":
            return self._local
        changes, published, known = self._published()
        grants = frozenset(identity.grants.items())
        key = identity.kind == "public", identity.role, grants, identity.limit, needs
        found = known.get(key)
        if found is None:
            scope = scope_of(identity, needs, published)
            _check(identity, scope, needs)
            view = self._view(scope)
            found = view, view.store_for(needs)
            if len(known) < _MOST_KNOWN and changes == self._known[0]:
                known[key] = found
        return Seen(identity, *found)

    def nothing(self) -> View:
        """Return a view in which no project and no layer exists."""
        return self._view(Scope(frozenset(), frozenset(), Role.PUBLIC))

    def _published(self) -> tuple[int, Published, dict[Any, tuple[View, Store]]]:
        """Return what is published now, and the scopes that are remembered since the last change."""
        changes, known = self.whole.store.changes(), self._known
        if known[0] != changes:
            known = self._known = changes, self.whole.store.published(), {}
        return known

    def _view(self, scope: Scope) -> View:
        """Return the view of a scope, made now if it is not in memory."""
        if scope.whole:
            return self.whole
        plain = replace(scope, role=Role.PUBLIC)  # what is seen is the same, whatever may be done there
        with self._lock:
            found = self._views.get(plain)
            if found is None:
                found = self._views[plain] = View(Visible(self.whole.store, plain), self.whole)
            self._views.move_to_end(plain)
            while len(self._views) > MOST_VIEWS:
                self._views.popitem(last=False)
            return found


def _check(identity: Identity, scope: Scope, needs: Role) -> None:
    """Refuse somebody who has the role nowhere; an administrator's concerns the whole city."""
    if needs is Role.PUBLIC or scope.whole:
        return
    if scope.projects and needs is not Role.ADMINISTRATOR:
        return
    if identity.kind == "public":
        raise NotSignedIn("This needs the role {role}: sign in, or send a key.", role=str(needs))
    if needs is Role.ADMINISTRATOR:
        raise NotAllowed("This is an administrator's: {name} is none of the whole city.", name=identity.name)
    raise NotAllowed("This needs the role {role}: {name} has it in no project.", role=str(needs), name=identity.name)

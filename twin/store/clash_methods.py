"""What the store does for clashes; a part of `Store`."""

from collections.abc import Sequence

from sqlalchemy import Engine

from twin.errors import InvalidInput
from twin.store import bodies as kept_bodies
from twin.store import read, write
from twin.store.blobs import Blobs
from twin.store.connect import reading, writing
from twin.values.bodies import Bodies


class ClashMethods:
    """Bodies and connections of models, clash runs and what became of their clashes."""

    blobs: Blobs
    _engine: Engine

    def bodies(self, model: str) -> Bodies | None:
        """Return the triangles of a model's current revision; None where it was imported before they were kept."""
        with reading(self._engine) as connection:
            name = kept_bodies.bodies_name(connection, model)
        return None if name is None else kept_bodies.bodies_from_bytes(self.blobs.get(name))

    def connections(self, model: str) -> list[tuple[str, str, str]]:
        """Return (name of the IFC relation, GlobalId, GlobalId) of the elements that a model's file ties together."""
        with reading(self._engine) as connection:
            return kept_bodies.model_connections(connection, model)

    def put_bodies(
        self,
        model: str,
        bodies: Bodies,
        connections: Sequence[tuple[str, str, str]],
        *,
        revision: int | None = None,
    ) -> None:
        """Give a revision of before they were kept its bodies and connections; what has them keeps what it has.

        revision : the one that they were made of; None: the current one

        Raises
        ------
        InvalidInput : the model has another revision by now.
        """
        packed = kept_bodies.pack_bodies(bodies)
        with writing(self._engine) as connection:
            write.lock(connection)
            current = read.current_revision(connection, model)
            if revision not in (None, current.number):
                raise InvalidInput("The model {model} has changed meanwhile: run it again.", model=model)
            write.add_bodies(connection, current.id, packed.sha256, connections)
            self.blobs.keep([packed])

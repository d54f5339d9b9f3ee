"""Bank transfers on their way: containers whose buyers chose to pay later."""

from threading import Lock


class Transfers:
    """The containers that wait for a transfer. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._awaited: set[str] = set()

    def promise(self, container_id: str) -> None:
        """The buyer has taken the invoice to the bank."""
        with self._lock:
            self._awaited.add(container_id)

    def awaited(self, container_id: str) -> bool:
        """A transfer for this container was promised."""
        with self._lock:
            return container_id in self._awaited

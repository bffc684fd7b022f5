"""Errors a person can act on: what went wrong, what to do, which field, and how it is reported.

Every error says in one sentence what was expected and what was got. It travels between processes (workers raise
it, the web process shows it), so it pickles with all its parts.
"""


class InnvError(Exception):
    """Base of all errors that are shown as a sentence, never as a traceback."""

    status = 400  # HTTP
    exit_code = 2  # command line: 2 wrong usage, 1 the work failed
    retry = False  # whether the very same request may succeed later: pages offer to try again only then

    def __init__(self, message: str, hint: str = "", field: str | None = None, allowed: tuple = ()):
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field
        self.allowed = tuple(allowed)

    def __reduce__(self):
        return type(self), (self.message, self.hint, self.field, self.allowed)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()

    def as_json(self) -> dict:
        """The REST form: `{"error": {"message", "hint", "field", "allowed", "retry"}}`."""
        said = {"message": self.message, "hint": self.hint, "field": self.field}
        return {"error": said | {"allowed": list(self.allowed), "retry": self.retry}}


class BadInput(InnvError):
    """A value that cannot be used: an argument, a parameter, a form field."""


def shown_value(value: object, most: int = 60) -> str:
    """A value in a refusal: "the text '4'", since a text that reads like a number is none."""
    return f"the text {value[:most]!r}" if isinstance(value, str) else f"{value!r:.{most}}"


class NotFound(InnvError):
    """A name or id that nothing answers to."""

    status = 404


class Conflict(InnvError):
    """The request is well formed but does not fit the present state (a name taken, a port in use)."""

    status = 409
    exit_code = 1


class ModelRefused(InnvError):
    """A model file that cannot or may not be loaded; the message names the file and, where there is one, the layer."""

    status = 422
    exit_code = 1


class ImageRefused(InnvError):
    """An image that cannot be decoded; the message names the file."""

    status = 422
    exit_code = 1


class AnalyzerRefused(InnvError):
    """A method that does not apply to a model; the message names method, model and layer."""

    status = 422
    exit_code = 1


class Cancelled(InnvError):
    """The person stopped the work."""

    status = 409
    exit_code = 1
    retry = True


class WorkFailed(InnvError):
    """The work itself failed, and will again: a custom hook, a fault of ours. What passes has a class below."""

    status = 500
    exit_code = 1


class StorageFailed(WorkFailed):
    """The workspace cannot be written, or read any more: the disk is full, a folder is away."""

    status = 507
    retry = True


class WorkerDied(WorkFailed):
    """A worker process ended in the middle of a task, and again when the task was repeated."""

    retry = True


class NoWorker(WorkFailed):
    """No one is available to do the work: a worker does not start, a scheduler does not answer."""

    retry = True

"""What AWS refuses with, and what the sandbox itself refuses with."""


class AwsError(Exception):
    """An answer AWS gives instead of a result: its code, its words, its HTTP status."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message or code
        self.status = status


class SandboxError(Exception):
    """The sandbox cannot do what was asked of it (not installed, not running, does not answer)."""


def validation(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def misconfigured(message: str) -> AwsError:
    return AwsError("InvalidConfigurationRequest", message)

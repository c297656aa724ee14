"""Errors that AWS answers, and errors of the sandbox itself."""


class AwsError(Exception):
    """An error that AWS answers: its code, message and HTTP status."""

    def __init__(self, code: str, message: str = "", status: int = 400) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message or code
        self.status = status


class SandboxError(Exception):
    """The sandbox cannot do what a command needs: it is not installed, does not run, or does not answer."""


def validation(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def misconfigured(message: str) -> AwsError:
    return AwsError("InvalidConfigurationRequest", message)

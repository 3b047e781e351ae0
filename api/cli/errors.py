"""What the command line itself refuses: paths that are not there, folders that cannot be written."""

from __future__ import annotations

from ingest.errors import CodedError, NextStep


class CliError(CodedError):
    """Root of everything the command line itself fails at."""

    code = "cli"
    next_step = NextStep.GIVE_UP
    vi = "Lệnh không thực hiện được."
    en = "The command could not be carried out."


class PathMissing(CliError):
    """A file or folder named on the command line is not there."""

    code = "cli.path_missing"
    vi = "Không có tệp hoặc thư mục «{path}»; kiểm tra lại đường dẫn."
    en = "There is no file or folder “{path}”; check the path."


class PathUnreadable(CliError):
    """A file or folder named on the command line may not be read, or is neither file nor folder."""

    code = "cli.path_unreadable"
    vi = "Không đọc được «{path}» ({why}); kiểm tra quyền truy cập."
    en = "“{path}” cannot be read ({why}); check the permissions."


class NothingToDo(CliError):
    """The paths given hold no file that could be digitised."""

    code = "cli.nothing_to_do"
    vi = "Không có tệp nào để số hóa trong các đường dẫn đã cho."
    en = "The paths given hold no file to digitise."


class PortTaken(CliError):
    """The address the web pages should be served at is in use or may not be opened."""

    code = "cli.port_taken"
    next_step = NextStep.RETRY
    retryable = True
    vi = "Không mở được {host}:{port} ({why}); chọn cổng khác bằng --port, hoặc --port 0 để tự chọn."
    en = "{host}:{port} cannot be opened ({why}); choose another with --port, or --port 0 for any free one."

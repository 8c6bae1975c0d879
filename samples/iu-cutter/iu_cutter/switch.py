"""The execution switch: the one constant that live mode hangs on."""

import iu_cutter


class ExecutionRefused(Exception):
    """Live execution was asked for while the switch is off."""


def is_on() -> bool:
    # Only the literal True: 1, "True" or anything else that merely looks true is off.
    return iu_cutter.__execution_enabled__ is True


def require_on() -> None:
    if not is_on():
        raise ExecutionRefused(
            f"refused: live execution is disabled by __execution_enabled__ = {iu_cutter.__execution_enabled__!r}"
        )

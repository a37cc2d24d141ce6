"""What can go wrong, each with a message of one line that names the place and what was expected."""


class Error(Exception):
    """Whatever hqrn refuses or finds wrong.

    >>> import hqrn
    >>> issubclass(hqrn.InputError, hqrn.Error) and issubclass(hqrn.CheckFailed, hqrn.Error)
    True
    """


class InputError(Error, ValueError):
    """What was given is bad; nothing was written. The commands end with exit code 2 for it.

    >>> import hqrn
    >>> try:
    ...     hqrn.Network.from_arrays([[[1.0, 2.0]]])
    ... except hqrn.InputError as error:
    ...     print(error)
    blocks[0].weight: 1 x 2, expected a square matrix: all blocks have one width
    """


class CheckFailed(Error):
    """What was computed is not what it should be. The commands end with exit code 1 for it.

    >>> import hqrn
    >>> compiled = hqrn.compile([[2.0, 1.0], [0.0, -1.0]])
    >>> try:
    ...     hqrn.verify(compiled.programs, [[2.0, 1.0], [0.0, -3.0]])
    ... except hqrn.CheckFailed as error:
    ...     print(type(error).__name__)
    CheckFailed
    """


class Note(UserWarning):
    """What a user may want to know, where nothing is wrong: the notes of the commands.

    >>> import warnings, hqrn
    >>> warnings.simplefilter("ignore", hqrn.Note)  # for those who know it
    """

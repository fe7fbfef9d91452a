"""What must be taken away again, whatever ends the run: unittest skips its own cleanups when Ctrl-C comes."""

import signal

_open = []


def register(thing):
    """Remembers something with a `close()`. Register it before it is made: half of it must go too."""
    _open.append(thing)
    return thing


def forget(thing):
    if thing in _open:
        _open.remove(thing)


def close_all():
    """Closes what is still there, last made first, and lets nothing interrupt that.

    Returns what could not be closed, in words.
    """
    for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
        signal.signal(number, signal.SIG_IGN)
    failures = []
    while _open:
        thing = _open.pop()
        try:
            thing.close()
        except Exception as error:  # whatever it is, the others want closing too
            failures.append(f"{thing}: {error}")
    return failures

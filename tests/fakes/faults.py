"""What may be wrong with any system at the level of HTTP: orders for `Server.misbehave`."""

from collections.abc import Callable

from tests.fakes.server import Answer, Asked, Fault, NoAnswer, Reply

PAGE = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


def fine(asked: Asked, answer: Answer) -> Reply:
    """Nothing is wrong: for the first requests of several."""
    return answer(asked)


def too_many(after: str | None = None) -> Fault:
    """429, not carried out; `after`: the header `Retry-After`, in seconds or as a date."""

    def fault(_asked: Asked, _answer: Answer) -> Reply:
        return Reply(429, {"message": "Too many requests"}, {} if after is None else {"retry-after": after})

    return fault


def page(status: int = 502) -> Fault:
    """A page for people instead of data, from something in front of the system; not carried out."""
    return lambda _asked, _answer: Reply(status, PAGE, {"content-type": "text/html; charset=utf-8"})


def page_after(status: int = 502) -> Fault:
    """The same, although the request was carried out behind it."""

    def fault(asked: Asked, answer: Answer) -> Reply:
        answer(asked)
        return page(status)(asked, answer)

    return fault


def lost_answer(asked: Asked, answer: Answer) -> Reply:
    """Carried out, and then silence until the client gives up."""
    answer(asked)
    raise NoAnswer(reset=False)


def silent(_asked: Asked, _answer: Answer) -> Reply:
    """Silence until the client gives up; not carried out."""
    raise NoAnswer(reset=False)


def reset_before(_asked: Asked, _answer: Answer) -> Reply:
    """The connection is reset; not carried out."""
    raise NoAnswer(reset=True)


def reset_after(asked: Asked, answer: Answer) -> Reply:
    """Carried out, and then the connection is reset."""
    answer(asked)
    raise NoAnswer(reset=True)


def cut_short(asked: Asked, answer: Answer) -> Reply:
    """Carried out, and only half of the answer arrives."""
    whole = answer(asked)
    return Reply(whole.status, whole.body, whole.headers, missing=len(whole.content) // 2 or 1)


def slow(wait: Callable[[float], object], seconds: float) -> Fault:
    """Carried out, and answered late; `wait`: e.g. that of an event, so that nobody waits for the end of a test."""

    def fault(asked: Asked, answer: Answer) -> Reply:
        reply = answer(asked)
        wait(seconds)
        return reply

    return fault


def and_then(do: Callable[[], object]) -> Fault:
    """Carried out and answered; right after it, something happens in the system, e.g. its records move."""

    def fault(asked: Asked, answer: Answer) -> Reply:
        reply = answer(asked)
        do()
        return reply

    return fault


def once_shown(text: str, do: Callable[[], object]) -> Fault:
    """Carried out and answered; right after the first answer that shows a text, something happens in the system."""
    left = [do]

    def fault(asked: Asked, answer: Answer) -> Reply:
        reply = answer(asked)
        if left and text.encode() in reply.content:
            left.pop()()
        return reply

    return fault


def emptied(empty: Callable[[Reply], Reply]) -> Fault:
    """A list without its rows, as if it had ended, although the system's own count says otherwise."""
    return lambda asked, answer: empty(answer(asked))


def telling(status: int) -> Fault:
    """An error page for developers, that shows the request with all its headers and its query; not carried out."""

    def fault(asked: Asked, _answer: Answer) -> Reply:
        shown = "; ".join([asked.target, *(f"{name}: {value}" for name, value in asked.headers.items())])
        return Reply(status, {"message": f"Unhandled exception in request {shown}"})

    return fault

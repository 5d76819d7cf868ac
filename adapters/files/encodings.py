"""Which encoding a text file has. Polish, Czech and German exports name none, and guess wrong when they do.

Byte order marks and UTF-8 are certain. Among the single-byte encodings, that one wins in which the letters outside
ASCII belong together to one language, which a general guesser does not know to expect here.
"""

import codecs
import re
from collections import Counter
from pathlib import Path

from charset_normalizer import from_bytes

CHUNK = 1 << 20
SAMPLE = 1 << 18
"""Bytes that are judged, from the first that is not UTF-8."""

MARKED = ("utf-8-sig", "utf-16")
"""What `detect` returns for a file that begins with a byte order mark."""
SINGLE_BYTE = ("cp1250", "cp1252", "iso8859-2", "iso8859-15")
ACCEPTED = frozenset(
    {"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "ascii", "mac-latin2", "koi8-r", "koi8-u"}
    | {f"cp{page}" for page in (437, 850, 852, 855, 858, 866, *range(1250, 1259))}
    | {f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 7, 9, 10, 13, 14, 15, 16)}
)
"""What a format may name, as `codecs.lookup` calls it: encodings in which a line break is a line break."""

_LETTERS = {
    "Polish": "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
    "Czech and Slovak": "áčďéěíňóřšťúůýžľôäÁČĎÉĚÍŇÓŘŠŤÚŮÝŽĽÔÄ",
    "Hungarian": "áéíóöőúüűÁÉÍÓÖŐÚÜŰ",
    "German": "äöüßÄÖÜ",
    "French": "àâæçéèêëîïôœùûüÿÀÂÆÇÉÈÊËÎÏÔŒÙÛÜŸ",
    "Spanish, Italian, Portuguese": "áéíóúüñàèìòùãõâêôçÁÉÍÓÚÜÑÀÈÌÒÙÃÕÂÊÔÇ",
    "Nordic": "åäöæøéÅÄÖÆØÉ",
}
_FITTING = set("€§°²³µ×±½¼–—„”“‚’‘»«…™®©·•\xa0ø")  # noqa: RUF001 - these very signs
"""Signs that a price list may well have, in any language."""
_BELONGING, _SIGN, _STRANGE = 4, 1, -6
_CAPITAL = -0.01
"""Of two readings that both make sense, that with fewer capitals outside ASCII is the likelier."""

_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_ASCII = bytes(range(128))


def detect(path: Path) -> str:
    """Return the encoding of a text file, in Python's words; reads at most up to the first byte that is not UTF-8."""
    with path.open("rb") as file:
        start = file.read(CHUNK)
        if certain := _by_mark(start) or _utf_16(start):
            return certain
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk = start
        while chunk:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return judge((chunk + file.read(SAMPLE))[:CHUNK])
            chunk = file.read(CHUNK)
    return "utf-8"


def _by_mark(start: bytes) -> str | None:
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def _utf_16(start: bytes) -> str | None:
    """Recognise UTF-16 without a mark: in western text every other byte is zero."""
    pairs = len(start[:4096]) // 2
    if not pairs:
        return None
    even, odd = start[0 : pairs * 2 : 2].count(0), start[1 : pairs * 2 : 2].count(0)
    if odd > pairs * 0.6 and even < pairs * 0.1:
        return "utf-16-le"
    if even > pairs * 0.6 and odd < pairs * 0.1:
        return "utf-16-be"
    return None


def judge(sample: bytes) -> str:
    """Return the likeliest encoding of bytes that are not all UTF-8."""
    high = len(sample.translate(None, _ASCII))
    in_letters = sum(len(letter) for letter in _UTF8_LETTER.findall(sample))
    if in_letters > 0.75 * high:
        return "utf-8"  # with a few broken bytes, which cost their rows only
    scores = {encoding: _score(sample, encoding) for encoding in SINGLE_BYTE}
    best = max(SINGLE_BYTE, key=lambda encoding: scores[encoding])
    if scores[best] > 0:
        return best
    guess = from_bytes(sample[:SAMPLE], cp_isolation=[*SINGLE_BYTE]).best()
    return guess.encoding.replace("_", "-") if guess else best


def _score(sample: bytes, encoding: str) -> float:
    """Return how well the text outside ASCII fits the best-fitting language, for each of its characters."""
    counts = Counter(sample.translate(None, _ASCII).decode(encoding, errors="replace"))
    best = max(_fit(counts, set(letters)) for letters in _LETTERS.values())
    return best / counts.total()


def _fit(counts: Counter[str], letters: set[str]) -> float:
    return sum(
        count * (_BELONGING if character in letters else _SIGN if character in _FITTING else _STRANGE)
        + count * (_CAPITAL if character.isupper() else 0)
        for character, count in counts.items()
    )

"""The syllables Vietnamese can have, by rule: onset, rhyme, tone. Lower case, NFC, tone placed as either school places it.

Rhymes and their tones follow the usual phonology (Doan Thien Thuat, Ngu am tieng Viet): a syllable closed by a stop
(c, ch, p, t) carries acute or dot below only.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_STOP_TONES = frozenset({"\u0301", "\u0323"})
_SYLLABLE = re.compile("(ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?(.+)")
_RHYME_LIST = (
    "a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu i ich im in inh ip it iu y "
    "o oc oi om on ong op ot oong ooc ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u uc ui um un ung up ut ư ưc ưi ưng ưt ưu ưm ưn "
    "ia iêc iêm iên iêng iêp iêt iêu yêm yên yêng yêt yêu oa oac oach oai oam oan oang oanh oao oap oat oay "
    "oăc oăm oăn oăng oăp oăt oe oen oeo oet ua uân uâng uât uây uê uêch uênh uêu uôc uôi uôm uôn uông uôt uơ "
    "uy uya uych uynh uyên uyêt uyt uyn uyp uyu ưa ươc ươi ươm ươn ương ươp ươt ươu"
)
_RHYMES = frozenset(_RHYME_LIST.split())
_GLIDED_LIST = (
    "a ac ach ai am an ang anh ao at au ay ăc ăm ăn ăng ăp ăt ân âng ât ây âu e en eng eo et ê ên ênh êt êch êu ơ y ych "
    "ynh yên yêt yt yn yp i it inh ich ôc in"
)
_GLIDED = frozenset(_GLIDED_LIST.split())
"""Rhymes after `qu`, whose u is the glide."""
_AFTER_GI = frozenset({"êc", "êm", "ên", "êng", "êp", "êt"})
"""`gi` swallows the i of iê: giếng, giết."""


def toneless(syllable: str) -> tuple[str, str]:
    """`syllable` without its tone (NFC, shapes of the vowels kept), and the tone; more than one tone comes back joined."""
    apart = unicodedata.normalize("NFD", syllable)
    tone = "".join(c for c in apart if c in TONES)
    return unicodedata.normalize("NFC", "".join(c for c in apart if c not in TONES)), tone


def bare(text: str) -> str:
    """`text` without any marks, `đ` as `d`; case kept, as long as its NFC."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return plain.replace("đ", "d").replace("Đ", "D")


@lru_cache(maxsize=8192)
def is_possible(syllable: str) -> bool:
    """True when `syllable` (lower case) can be one of Vietnamese: a known rhyme, at most one tone, and one its end allows."""
    plain, tone = toneless(syllable)
    if len(tone) > 1 or not _is_built(plain):
        return False
    return tone in _STOP_TONES or not plain.endswith(("c", "ch", "p", "t"))


def _is_built(plain: str) -> bool:
    if plain in _RHYMES or plain == "gi":
        return True
    found = _SYLLABLE.fullmatch(plain)
    if not found or not found[1]:
        return False
    onset, rhyme = found[1], found[2]
    if onset == "qu":
        return rhyme in _GLIDED
    if onset == "gi":
        return rhyme in _AFTER_GI or (rhyme in _RHYMES and rhyme[0] not in "iêy") or plain[1:] in _RHYMES
    front = rhyme[0] in "eêi"
    if onset in {"c", "g", "ng"} and front:
        return onset == "g" and rhyme in {"i", "in"}
    return rhyme in _RHYMES and (onset not in {"k", "gh", "ngh"} or front or rhyme[0] == "y")

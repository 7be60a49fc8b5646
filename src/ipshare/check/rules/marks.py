"""TMK rules about what represents the mark: kind, words, images, sounds, colours, figurative elements."""
# ruff: noqa: PLR2004 - the numbers of a rule are its meaning

from __future__ import annotations

import re
from collections.abc import Iterator

from ipshare.check import codes
from ipshare.check.context import Context
from ipshare.check.facts import Facts
from ipshare.check.rule import Hit, rule
from ipshare.check.text import latin, non_latin, placeholder, script_language, whole
from ipshare.domain.group import ElementGroup

_TEXT = {ElementGroup.TEXT}
_MEDIA = {ElementGroup.MEDIA}
_SHOWN = frozenset(
    {"Figurative", "Combined", "Three dimensional", "Colour", "Position", "Hologram", "Motion"}
)
_HEARD = frozenset({"Sound", "Multimedia"})
_FEATURE_REPAIRS = {
    "merek kata": "Word",
    "merek lukisan": "Figurative",
    "merek kata dan lukisan": "Combined",
    "merek tiga dimensi": "Three dimensional",
    "merek suara": "Sound",
    "image": "Figurative",
    "device": "Figurative",
    "logo": "Figurative",
    "stylish": "Stylized characters",
    "stylized": "Stylized characters",
    "3d": "Three dimensional",
    "3-d": "Three dimensional",
    "anycombination": "Combined",
    "mixed": "Combined",
    "b": "Combined",
    "l": "Figurative",
    "n": "Word",
    "verbal": "Word",
}
_VIENNA = re.compile(r"A?(\d{1,2})\.(\d{1,2})(?:\.(\d{1,2}))?", re.ASCII)
_VIENNA_DIGITS = re.compile(r"A?(\d{2})(\d{2})(\d{2})", re.ASCII)
_TYPE_WORDS = re.compile(
    r"\b(logo|device|with image|& gambar|dan lukisan|et logo)\b|, ?h[ìi]nh\b|\.(jpe?g|png|tiff?|gif|bmp)$",
    re.IGNORECASE,
)
_LONG_DESCRIPTION = 60
_FILE = "MarkRepresentation/MarkReproduction/MarkImageBag/MarkImage/FileName"
_WORDS = "MarkRepresentation/MarkReproduction/WordMarkSpecification/MarkVerbalElementText"
_FEATURE = "MarkRepresentation/MarkFeatureCategory"


def _feature(f: Facts) -> str:
    return f.mark.feature.text if f.mark.feature else ""


def _words(f: Facts) -> str:
    mark = f.mark
    return " ".join(
        one.text.strip() for one in mark.words or mark.significant if not placeholder(one.text)
    ).strip()


@rule("TMK-001", groups={ElementGroup.TEXT, ElementGroup.MEDIA})
def nothing_represents(f: Facts, _: Context) -> Iterator[Hit]:
    """Neither words nor image, sound or multimedia represent the mark."""
    if not _words(f) and not f.mark.images and not f.mark.media:
        yield Hit("MarkRepresentation/MarkReproduction", "")


@rule("TMK-002")
def unknown_kind_of_mark(f: Facts, _: Context) -> Iterator[Hit]:
    """The kind of mark is absent or none of ST.96."""
    feature = _feature(f)
    if feature not in codes.mark_features():
        plain = feature.strip().casefold()
        known = {one.casefold(): one for one in codes.mark_features()}
        yield Hit(_FEATURE, feature, known.get(plain) or _FEATURE_REPAIRS.get(plain, ""))


@rule("TMK-003", groups=_TEXT)
def word_mark_without_words(f: Facts, _: Context) -> Iterator[Hit]:
    """A word mark, or one in stylized characters, has no words."""
    if _feature(f) in {"Word", "Stylized characters"} and not _words(f):
        yield Hit(_WORDS, "")


def must_be_shown(f: Facts) -> bool:
    """Whether the mark is of a kind that must be seen."""
    return _feature(f) in _SHOWN


@rule("TMK-004", groups=_MEDIA)
def no_image(f: Facts, _: Context) -> Iterator[Hit]:
    """A mark that must be seen has no image."""
    if must_be_shown(f) and not f.mark.images:
        yield Hit(_FILE, "")


@rule("TMK-005", groups=_TEXT)
def words_contradict_kind(f: Facts, _: Context) -> Iterator[Hit]:
    """A figurative mark has words, or a combined mark has none."""
    feature, mark = _feature(f), f.mark
    words = " ".join(one.text.strip() for one in mark.words if not placeholder(one.text)).strip()
    if feature == "Figurative" and words:
        yield Hit(_FEATURE, feature, "Combined", {"a": feature, "x": words})
    elif feature == "Combined" and not _words(f):
        yield Hit(_FEATURE, feature, "Figurative", {"a": feature, "x": ""})


@rule("TMK-006", groups=_TEXT, needs="letters beyond ASCII")
def no_transliteration(f: Facts, _: Context) -> Iterator[Hit]:
    """Words in another script than Latin have no transliteration."""
    if not f.ascii and not f.mark.transliterations:
        for one in f.mark.words:
            if non_latin(one.text) and not latin(one.text):
                yield Hit(one.path, one.text)


@rule("TMK-007", groups=_TEXT, needs="letters beyond ASCII")
def no_translation(f: Facts, c: Context) -> Iterator[Hit]:
    """Words in the script of a language that is neither English nor the office's own have no translation."""
    if not f.ascii and not f.mark.translations:
        for one in f.mark.words:
            language = script_language(one.text)
            if language and language not in c.profile.languages:
                yield Hit(one.path, one.text)


@rule("TMK-008", groups=_TEXT)
def transliteration_misplaced(f: Facts, _: Context) -> Iterator[Hit]:
    """A transliteration has letters other than Latin, or repeats a translation; or a translation repeats the mark."""
    mark = f.mark
    translations = {one.text.casefold() for one in mark.translations if one.text}
    words = {one.text.casefold() for one in mark.words if non_latin(one.text)}
    for one in mark.transliterations:
        if non_latin(one.text) or one.text.casefold() in translations:
            yield Hit(one.path, one.text)
    for one in mark.translations:
        if one.text.casefold() in words:
            yield Hit(one.path, one.text)


@rule("TMK-009", groups=_MEDIA)
def no_sound(f: Facts, _: Context) -> Iterator[Hit]:
    """A sound or multimedia mark has no media file."""
    feature = _feature(f)
    if feature in _HEARD and not f.mark.media:
        bag = "MarkSoundBag/MarkSound" if feature == "Sound" else "MarkMultimediaBag/MarkMultimedia"
        yield Hit(f"MarkRepresentation/MarkReproduction/{bag}/FileName", "")


def _vienna_problem(text: str) -> str | None:
    """None where a Vienna code is well formed, else the code to propose, perhaps empty."""
    parts = _VIENNA.fullmatch(text)
    if parts:
        numbers = [int(part) for part in parts.groups() if part]
        if 1 <= numbers[0] <= 29 and all(1 <= number <= 99 for number in numbers[1:]):
            return None
        return ""
    digits = _VIENNA_DIGITS.fullmatch(text)
    if digits and 1 <= int(digits[1]) <= 29:
        return ".".join(digits.groups())
    return None if 1 <= (whole(text) or 0) <= 29 else ""


@rule("TMK-020", groups={ElementGroup.CLASSIFICATION}, needs="Vienna codes")
def malformed_vienna(f: Facts, _: Context) -> Iterator[Hit]:
    """A code of the Vienna classification is not category, division and section."""
    for one in f.mark.vienna:
        proposed = _vienna_problem(one.text)
        if proposed is not None:
            yield Hit(one.path, one.text, proposed)


@rule("TMK-021", groups={ElementGroup.CLASSIFICATION, ElementGroup.MEDIA})
def no_vienna(f: Facts, _: Context) -> Iterator[Hit]:
    """A figurative or combined mark has no Vienna code."""
    if _feature(f) in {"Figurative", "Combined"} and not f.mark.vienna:
        yield Hit(_FILE.replace("FileName", "MarkImageClassification"), "", "", {"x": _feature(f)})


@rule("TMK-022", groups={ElementGroup.CLASSIFICATION, ElementGroup.TEXT}, needs="Vienna codes")
def vienna_on_words(f: Facts, _: Context) -> Iterator[Hit]:
    """A word mark in standard characters has Vienna codes, or Vienna codes stand without their edition."""
    mark = f.mark
    if not mark.vienna:
        return
    figurative = [one for one in mark.vienna if not one.text.startswith(("27", "28"))]
    if _feature(f) == "Word" and figurative:
        yield Hit(figurative[0].path, figurative[0].text)
    elif not mark.vienna_edition:
        yield Hit(mark.vienna[0].path, mark.vienna[0].text)


@rule("TMK-023", groups=_MEDIA, needs="colour claims")
def colour_contradicts(f: Facts, _: Context) -> Iterator[Hit]:
    """Colours are claimed for an image said to be without colour, or the claim is a placeholder."""
    for one in f.mark.colour_claims:
        text = one.text.strip()
        claimed = text and "not claimed" not in text.casefold()
        if placeholder(text) or (f.mark.colourless and claimed):
            yield Hit(one.path, one.text)


@rule("TMK-024", groups=_TEXT)
def description_as_words(f: Facts, _: Context) -> Iterator[Hit]:
    """The significant words hold a description of the device."""
    words = {one.text for one in f.mark.words}
    for one in f.mark.significant:
        if one.text not in words and len(one.text) > _LONG_DESCRIPTION and one.text.count(" ") > 6:
            yield Hit(one.path, one.text)


@rule("TMK-030", groups=_MEDIA)
def series_incomplete(f: Facts, c: Context) -> Iterator[Hit]:
    """A series announces another number of marks than there are images."""
    series = f.mark.series
    if series and c.profile.series_marks and f.mark.images:
        announced = whole(series.text) or 0
        if announced > 1 and announced != len(f.mark.images):
            yield Hit(series.path, series.text, "", {"a": announced, "b": len(f.mark.images)})


@rule("TMK-032", groups=_TEXT)
def words_describe(f: Facts, _: Context) -> Iterator[Hit]:
    """The words of the mark describe it (LOGO, DEVICE, a file name) instead of quoting it."""
    for one in f.mark.words:
        found = _TYPE_WORDS.search(one.text)
        if found:
            rest = f"{one.text[: found.start()]}{one.text[found.end() :]}".strip(" ,;&()")
            yield Hit(one.path, one.text, rest)


@rule("TMK-033", groups={ElementGroup.TEXT, ElementGroup.EXAMINATION}, needs="disclaimers")
def unusable_disclaimer(f: Facts, _: Context) -> Iterator[Hit]:
    """The disclaimer disclaims the whole mark, or says only that there is one."""
    words = _words(f).casefold()
    for one in f.mark.disclaimers:
        text = one.text.strip(" .\"'").casefold()
        if text and (text in {"disclaimer", "disclaimed"} or text == words):
            yield Hit(one.path, one.text)

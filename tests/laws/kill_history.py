"""A seeded history of small submissions: what two offices send, and what the registry must hold then."""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cases.rules.builder import DECLARED, DESIGN
from ipshare.domain.office import Kind, Right
from xmlbuilders import a_mark, transaction, zipped

START = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LINES = [(office, right) for office in ("XA", "XB") for right in (Right.TRADEMARK, Right.DESIGN)]
# Marks with a defect of their identity, which keeps the whole record back, and with one of another group.
DATE_KEPT_BACK, CLASS_KEPT_BACK = "3/19", "7/19"
# How a submission is made; the weights make the history rich in what is carried on from one to the next.
SHAPES = {
    "full": 4,
    "full_with_pictures": 3,
    "updates": 6,
    "unchanged_in_other_bytes": 3,
    "sent_back": 3,
    "repeated": 2,
    "twice_in_one": 2,
    "withdrawn_list": 2,
    "in_one_pass": 2,
    "two_in_one_pass": 1,
    "partly_broken": 1,
    "refused": 1,
    "test": 1,
    "shrunk": 1,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file that an office sends."""

    office: str
    right: Right
    kind: Kind
    name: str
    content: bytes
    at: datetime
    shape: str


@dataclass(slots=True)
class Line:
    """What one office holds of one right: number → (words, picture); it is also the model of the registry."""

    office: str
    right: Right
    held: dict[str, tuple[str, str]] = field(default_factory=dict)
    before: dict[str, tuple[str, str]] = field(default_factory=dict)
    last: Delivery | None = None
    doubtful: bool = False
    """Whether what was sent since ``last`` in this burst will be refused or rejected, which nobody knows yet."""
    next: int = 1


class History:
    """Bursts of deliveries, each made of the state that the earlier ones leave."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311
        self.lines = {(office, right): Line(office, right) for office, right in LINES}
        self._count = 0

    def burst(self, size: int) -> list[Delivery]:
        """The next deliveries, of all lines in turn."""
        made = []
        for line in self.lines.values():
            line.doubtful = False  # each burst ends with all decided
        for _ in range(size):
            line = self.lines[self._dice.choice(LINES)]
            shape = self._dice.choices(list(SHAPES), list(SHAPES.values()))[0]
            if line.last is None:
                shape = "full_with_pictures"
            if line.right is Right.DESIGN and shape == "updates":
                shape = "updates_of_designs"
            made.append(getattr(self, f"_{shape}")(line))
        return made

    def model(self) -> dict[tuple[str, str], set[str]]:
        """The live numbers of each office and right."""
        return {
            (one.office, one.right.value): {
                number
                for number in one.held
                if one.right is Right.DESIGN or not number.endswith(DATE_KEPT_BACK)
            }
            for one in self.lines.values()
        }

    # Shapes ------------------------------------------------------------------------------------

    def _full(self, line: Line):
        self._keep(line)
        self._drop(line, len(line.held) // 10)
        self._change(line, 3)
        self._add(line, self._dice.randrange(2, 8))
        return self._send(line, Kind.FULL_EXTRACTION, "full", self._file(line, line.held))

    def _full_with_pictures(self, line: Line):
        self._keep(line)
        if not line.held:
            self._add(line, self._dice.randrange(25, 45))
        self._change(line, 2)
        self._add(line, 3, pictured=True)
        pictures = {p for _, p in line.held.values() if p}
        content = zipped(
            data__xml=self._file(line, line.held),
            **{f"pics/{p}": picture(p, self._dice.randrange(4)) for p in sorted(pictures)},
        )
        return self._send(line, Kind.FULL_EXTRACTION, "pictures", content)

    def _updates(self, line: Line):
        self._keep(line)
        gone = self._drop(line, 3)
        new = self._change(line, 5) | self._add(line, 6)
        content = self._file(line, new, deleted=gone)
        return self._send(line, Kind.UPDATES, "updates", content)

    def _updates_of_designs(self, line: Line):
        self._keep(line)
        new = self._change(line, 5) | self._add(line, 6)
        return self._send(line, Kind.UPDATES, "updates", self._file(line, new))

    def _unchanged_in_other_bytes(self, line: Line):
        content = self._other(self._file(line, line.held))
        return self._send(line, Kind.FULL_EXTRACTION, "unchanged", content)

    def _sent_back(self, line: Line):
        """The bytes of records as they were before the last change of the line: what was, is again."""
        chosen = dict(list(line.before.items())[:12])
        self._keep(line)
        line.held.update(chosen)
        return self._send(line, Kind.UPDATES, "sent back", self._other(self._file(line, chosen)))

    def _repeated(self, line: Line):
        if line.doubtful:
            # A door cannot know of a newer file in the line that it will not be loaded: the bytes go in again.
            return self._unchanged_in_other_bytes(line)
        last = line.last
        assert last
        return self._send(line, last.kind, "repeated", last.content, name=last.name)

    def _twice_in_one(self, line: Line):
        self._keep(line)
        new = self._add(line, 8)
        twice = dict(list(new.items())[:3])
        content = self._file(line, new, again=twice)
        return self._send(line, Kind.UPDATES, "twice", content)

    def _withdrawn_list(self, line: Line):
        self._keep(line)
        gone = self._drop(line, 4)
        new = self._add(line, 5)
        listed = "number\n" + "".join(f"{number}\n" for number in gone)
        content = zipped(data__xml=self._file(line, new), withdrawn__csv=listed)
        return self._send(line, Kind.UPDATES, "withdrawn", content)

    def _in_one_pass(self, line: Line):
        self._keep(line)
        new = self._change(line, 4) | self._add(line, 14)
        return self._send(line, Kind.UPDATES, "one pass", self._odd(self._file(line, new), line))

    def _two_in_one_pass(self, line: Line):
        self._keep(line)
        one, two = self._add(line, 10), self._add(line, 10)
        content = zipped(
            a__xml=self._odd(self._file(line, one), line),
            b__xml=self._odd(self._file(line, two), line),
        )
        return self._send(line, Kind.UPDATES, "two in one pass", content)

    def _partly_broken(self, line: Line):
        self._keep(line)
        good = self._add(line, 8)
        bad = self._file(line, {f"{line.office}/bad{n}/19": ("BAD", "") for n in range(20)})
        broken = bad[: len(bad) * 3 // 4] + b"<broken>" + bad[len(bad) * 3 // 4 :]
        content = zipped(a__xml=self._file(line, good), b__xml=broken)
        return self._send(line, Kind.UPDATES, "partly broken", content)

    def _refused(self, line: Line):
        content = self._file(line, {f"{line.office}/r{n}/19": ("REFUSED", "") for n in range(30)})
        broken = self._other(content[:-200])
        return self._send(line, Kind.FULL_EXTRACTION, "refused", broken, keep=False)

    def _test(self, line: Line):
        content = self._file(line, {f"{line.office}/t{n}/19": ("TEST", "") for n in range(20)})
        return self._send(line, Kind.TEST, "test", self._other(content), keep=False)

    def _shrunk(self, line: Line):
        """A Full_Extraction that lacks so much that it is held; every other one is released."""
        self._count += 1
        left = dict(list(line.held.items())[: len(line.held) // 2])
        if released := self._count % 2 == 0:
            self._keep(line)
            line.held = left
        name = "shrunk release" if released else "shrunk reject"
        content = self._other(self._file(line, left))
        # What was sent before a released one is no repetition any more: it would take the register back.
        return self._send(line, Kind.FULL_EXTRACTION, name, content, keep=released)

    # Pieces ------------------------------------------------------------------------------------

    def _other(self, content: bytes) -> bytes:
        """Bytes that were never sent before: the same ones again would be a repetition."""
        self._count += 1
        return content + f"<!-- export {self._count} -->\n".encode()

    def _keep(self, line: Line):
        line.before = dict(line.held)

    def _add(self, line: Line, count: int, *, pictured: bool = False):
        new = {}
        for _ in range(count):
            number = f"{line.office}/{line.next:05}/19"
            line.next += 1
            new[number] = (f"MARK {number}", f"p{line.next % 7}.png" if pictured else "")
        line.held |= new
        return new

    def _change(self, line: Line, count: int):
        chosen = self._dice.sample(sorted(line.held), min(count, len(line.held)))
        self._count += 1
        new = {number: (f"NEW {self._count}", line.held[number][1]) for number in chosen}
        line.held |= new
        return new

    def _drop(self, line: Line, count: int):
        gone = self._dice.sample(sorted(line.held), min(count, len(line.held) // 2))
        for number in gone:
            del line.held[number]
        return gone

    def _file(self, line: Line, records, *, deleted=(), again=None):
        one = self._mark if line.right is Right.TRADEMARK else self._design
        written = [one(line, number, *what) for number, what in records.items()]
        written += [one(line, number, "gone", "", operation="Delete") for number in deleted]
        for place, (number, (words, image)) in enumerate((again or {}).items()):
            written.append(one(line, number, words if place else f"{words} AGAIN", image))
        if line.right is Right.TRADEMARK:
            return transaction(*written)
        return f"<dgn:DesignApplicationBag {DECLARED}>\n{''.join(written)}</dgn:DesignApplicationBag>".encode()

    @staticmethod
    def _mark(line: Line, number: str, words: str, image: str, operation: str = ""):
        text = a_mark(
            number,
            office=line.office,
            words=words,
            operation=operation,
            filed="2567-01-01" if number.endswith(DATE_KEPT_BACK) else "2019-05-06",
        )
        if number.endswith(CLASS_KEPT_BACK):
            text = text.replace("<tmk:ClassNumber>9<", "<tmk:ClassNumber>99<")
        name = f"<com:FileName>{image}</com:FileName>"
        reproduction = f"<tmk:MarkImageBag><tmk:MarkImage>{name}</tmk:MarkImage></tmk:MarkImageBag>"
        end = "</tmk:WordMarkSpecification>"
        return text.replace(end, end + reproduction) if image else text

    @staticmethod
    def _design(line: Line, number: str, words: str, image: str):
        text = DESIGN.format(
            ns="", office=line.office, number=number, registration=number, party=""
        )
        return text.replace(">Chair<", f">{words}<").replace("34-1.jpg", image or "34-1.jpg")

    @staticmethod
    def _odd(content: bytes, line: Line):
        """A comment near the end that looks like the end of a record: the file is read in one pass."""
        tag = b"tmk:Trademark" if line.right is Right.TRADEMARK else b"dgn:DesignApplication"
        at = content.rindex(b"<com:RegistrationOfficeCode>")
        return content[:at] + b"<!-- </" + tag + b"> -->" + content[at:]

    def _send(self, line, kind, shape, content, *, name="", keep=True):
        self._count += 1
        at = START + timedelta(minutes=self._count)
        suffix = "zip" if content[:2] == b"PK" else "xml"
        name = name or f"{line.office}_{shape.replace(' ', '_')}_{self._count}.{suffix}"
        sent = Delivery(line.office, line.right, kind, name, content, at, shape)
        if keep:
            line.last, line.doubtful = sent, False
        elif kind is not Kind.TEST:
            line.doubtful = True
        return sent


def picture(name: str, variant: int) -> bytes:
    """The head of a PNG that can be measured, with bytes of its own."""
    size = struct.pack(">2I5B", 3 + variant, 2, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + size + b"\0\0\0\0" + name.encode() * (variant + 1)

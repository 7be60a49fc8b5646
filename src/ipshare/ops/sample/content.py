"""The records of a package in order, as text, with a note of every defect put into them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ipshare.domain.office import Kind, Right
from ipshare.ops.sample import days
from ipshare.ops.sample.defects.table import Hand
from ipshare.ops.sample.order import Base, Order
from ipshare.ops.sample.press import PRESSES, Press
from ipshare.ops.sample.register import OrderError, Register

_TEN_THOUSAND = 10_000


class Entry(NamedTuple):
    """One record of the package."""

    number: str
    """The number it has in the register, whatever was sent."""
    text: str
    injected: dict[str, str] | None


@dataclass(kw_only=True)
class Content:
    """What goes into one package. Iterate ``entries`` once, then ``pictures``."""

    order: Order
    register: Register
    press: Press[Any]
    changed: tuple[int, ...] = ()
    withdrawn: tuple[int, ...] = ()
    unsent: set[str] = field(default_factory=set)
    """Pictures that a defect left out."""

    @classmethod
    def of(cls, order: Order) -> Content:
        """The content that an order asks for."""
        order.verify()
        press = PRESSES[order.right, order.format]
        if order.base is None:
            register = Register(
                office=order.office, right=order.right, seed=order.seed, records=order.records,
                as_of=days.ordinal(order.told), images=order.images,
            )  # fmt: skip
            register.verify()
            return cls(order=order, register=register, press=press)
        base = Base.of(order.base, order)
        new, gone = order.records * 3 // 10, order.records // 10
        register = base.register(order, new)
        register.verify()
        if order.records - new > register.records // 2:
            message = (
                f"{order.records} changes are too many for a base of {register.records} records; "
                f"order at most {register.records // 2}"
            )
            raise OrderError(message)
        count = order.records - new - gone
        changed = tuple(place * register.records // count for place in range(count))
        withdrawn = _withdrawn(register, press, frozenset(changed), base.flawed(), gone)
        return cls(
            order=order, register=register, press=press, changed=changed, withdrawn=withdrawn
        )

    @property
    def new(self) -> range:
        """The places of records filed since the base."""
        return range(self.register.records, self.register.records + self.register.new)

    def _sent(self) -> Iterator[tuple[int, int, str]]:
        """Place, revision and operation of every record that is sent whole."""
        if self.order.kind is Kind.UPDATES:
            yield from ((index, 1, "Update") for index in self.changed)
            yield from ((index, 0, "Insert") for index in self.new)
            return
        limit = int(self.order.revised * _TEN_THOUSAND)
        for index in range(self.register.records):
            revised = limit and self.register.dice("revised", index).below(_TEN_THOUSAND) < limit
            yield index, 1 if revised else 0, ""

    def entries(self) -> Iterator[Entry]:
        """Every record of the package, then the stubs that delete."""
        hand = Hand(self.press.kinds)
        limit = int(self.order.defects * _TEN_THOUSAND)
        before: Any = None
        for index, revision, operation in self._sent():
            record = self.press.make(self.register, index, revision)
            dealt = None
            if before is not None and self._unlucky(index, limit):
                dealt = hand.deal(record, before)
            if dealt is None:
                yield Entry(record.number, self.press.write(record, operation), None)
                before = record
                continue
            kind, sent = dealt
            self.unsent |= {image.file for image in self.press.images(record)}
            self.unsent -= {image.file for image in self.press.images(sent) if image.seed >= 0}
            note = {
                "number": record.number,
                "sent": sent.number,
                "defect": kind.name,
                "rule": kind.rule,
            }
            yield Entry(record.number, kind.rewrite(self.press.write(sent, operation)), note)
            before = record._replace(number="")
        if self.press.withdrawal:
            for index in self.withdrawn:
                record = self.press.make(self.register, index, 0)
                yield Entry(record.number, self.press.withdrawal(record), None)

    def _unlucky(self, index: int, limit: int) -> bool:
        return limit > 0 and self.register.dice("defect", index).below(_TEN_THOUSAND) < limit

    def numbers_withdrawn(self) -> list[str]:
        """The numbers that leave the register."""
        return [self.press.make(self.register, index, 0).number for index in self.withdrawn]

    def pictures(self) -> Iterator[tuple[str, str, int]]:
        """Name, format and key of every picture of the package."""
        if self.order.right is Right.PATENT or (
            self.order.right is Right.TRADEMARK and not self.register.images
        ):
            return
        for index, revision, _ in self._sent():
            for image in self.press.images(self.press.make(self.register, index, revision)):
                if image.file not in self.unsent:
                    yield image.file, image.format, image.seed


def _withdrawn(
    register: Register, press: Press[Any], changed: frozenset[int], flawed: frozenset[str], count: int
) -> tuple[int, ...]:  # fmt: skip
    """The youngest records that were never registered or published, as many as are wanted."""
    chosen: list[int] = []
    for index in range(register.records - 1, -1, -1):
        if len(chosen) == count:
            break
        if index in changed:
            continue
        record = press.make(register, index, 0)
        pending = not record.registered and (press.one_file_each or not record.publications)
        if pending and record.number not in flawed:
            chosen.append(index)
    return tuple(sorted(chosen))

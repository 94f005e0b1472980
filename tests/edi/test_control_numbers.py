"""Control numbers seen: the same answers as a set of texts, whatever the senders write."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.edi.control_numbers import ControlNumbers

numbers = st.one_of(st.from_regex(r"0{0,3}[0-9]{1,4}", fullmatch=True), st.text(max_size=20))


@given(st.lists(numbers, max_size=60), st.lists(numbers, max_size=20))
def test_it_is_a_set_of_texts(added: list[str], asked: list[str]) -> None:
    seen, plain = ControlNumbers(), set[str]()
    for reference in [*added, *added]:
        assert (reference in seen) == (reference in plain)
        seen.add(reference)
        plain.add(reference)
    assert [one in seen for one in asked] == [one in plain for one in asked]

import hashlib
import json
import os
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from evalsuite.errors import TaskError
from evalsuite.types import Sample
from evalsuite.worlds import digest_samples, load_world
from evalsuite.worlds.data_to_text import SLOTS, Realisation, realised_slots, samples, slot_vocabulary

SEED = 20261121
DIGEST = "20253aff9f84e6dca8a8f67fda5c8c319ed0803674cde9bb2f1370d5b976b751"


@cache
def many() -> list[Sample]:
    return samples(seed=SEED, n=5000)


def record_of(sample: Sample) -> dict[str, str]:
    slots = sample.metadata["slots"]
    assert isinstance(slots, dict)
    return {slot: str(value) for slot, value in slots.items()}


def test_digest_is_pinned() -> None:
    assert digest_samples(samples(seed=SEED, n=400)) == DIGEST


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_digest_does_not_depend_on_string_hashes(hash_seed: str) -> None:
    code = (
        "from evalsuite.worlds import digest_samples\n"
        "from evalsuite.worlds.data_to_text import samples\n"
        f"print(digest_samples(samples(seed={SEED}, n=400)))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == DIGEST


def test_first_samples_do_not_depend_on_n() -> None:
    assert samples(seed=SEED, n=57) == many()[:57]
    assert samples(seed=SEED + 1, n=57) != many()[:57]


def test_readme_shows_the_first_sample_and_the_digest() -> None:
    readme = (Path(__file__).parents[2] / "tasks" / "data_to_text" / "README.md").read_text(encoding="utf-8")
    first = many()[0]
    assert "\n".join((str(first.input["record"]), "", *first.references)) in readme
    assert DIGEST in readme


def test_samples_have_their_parts() -> None:
    first = many()[0]
    assert load_world("data_to_text").samples(seed=SEED, n=1) == [first]
    assert [sample.id for sample in many()[:2]] == ["trail-000000", "trail-000001"]
    for sample in many():
        record = record_of(sample)
        assert sample.input == {"record": " | ".join(f"{slot} = {value}" for slot, value in record.items())}
        assert sample.cluster == "+".join(record)
        assert list(record) == [slot for slot in SLOTS if slot in record]
        assert {"name", "region", "length", "difficulty"} <= set(record)
        assert sample.depth is None
        assert len(set(sample.references)) == 4
    json.dumps([dict(sample.metadata) for sample in many()])


def test_records_are_distinct_and_of_64_templates() -> None:
    assert len({str(sample.input["record"]) for sample in many()}) == 5000
    assert len({sample.cluster for sample in many()}) == 64
    assert len({sample.cluster for sample in many()[:400]}) >= 60
    for slot, values in slot_vocabulary().items():
        if slot != "name":
            assert {record_of(sample).get(slot) for sample in many()} >= set(values)


def test_a_record_drawn_twice_is_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    import evalsuite.worlds.data_to_text as world

    tiny = {slot: tuple(values)[:1] for slot, values in slot_vocabulary().items()}
    monkeypatch.setattr(world, "_values", lambda: tiny)
    assert len({str(sample.input["record"]) for sample in samples(seed=3, n=64)}) == 64


def test_references_are_sentences_of_a_small_vocabulary() -> None:
    words: set[str] = set()
    for sample in many():
        for reference in sample.references:
            assert reference[0].isupper()
            assert reference.endswith(".")
            assert not any(flaw in reference for flaw in ("  ", " ,", " .", "..", "{", "}"))
            plain = reference.replace(".", " ").replace(",", " ").replace("-", " ").lower().split()
            assert 8 <= len(plain) <= 45
            words.update(plain)
            for article, noun in pairwise(plain):
                if article in ("a", "an"):
                    assert (article == "an") == (noun[0] in "aeiou" or noun in ("8", "11", "18")), reference
                if article == "1":
                    assert noun in ("km", "kilometre"), reference
    assert len(words) < 300


def test_every_reference_says_its_record_and_nothing_else() -> None:
    for sample in many():
        record = record_of(sample)
        for reference in sample.references:
            for text in (reference, reference.upper(), reference.replace(" ", "  ")):
                assert realised_slots(text, record) == Realisation(states=dict.fromkeys(record, "right"), extra=())


def test_references_of_another_record_fail() -> None:
    states = []
    for sample, other in pairwise(many()):
        realised = realised_slots(other.references[0], record_of(sample))
        assert set(realised.states.values()) != {"right"}
        assert realised.extra == tuple(slot for slot in SLOTS if slot in record_of(other).keys() - record_of(sample))
        for slot, value in record_of(sample).items():
            said = record_of(other).get(slot)
            assert realised.states[slot] == ("omitted" if said is None else "right" if said == value else "wrong")
            states.append(realised.states[slot])
    assert states.count("right") / len(states) < 0.25


def test_leaving_out_the_second_sentence_omits() -> None:
    sample = next(s for s in many() if len(record_of(s)) == 10)
    realised = realised_slots(sample.references[0].split(". ")[0] + ".", record_of(sample))
    assert realised.states["name"] == "right"
    assert "omitted" in realised.states.values()
    assert "wrong" not in realised.states.values()


def test_forms_mean_one_value_each() -> None:
    meanings: dict[str, tuple[str, str]] = {}
    for slot, values in slot_vocabulary().items():
        for value, forms in values.items():
            for form in forms:
                assert meanings.setdefault(form.lower(), (slot, value)) == (slot, value)
                assert realised_slots(f"Well, {form}!", {slot: value}) == Realisation(states={slot: "right"}, extra=())


FACTS = {"length": "12 km", "parking": "yes", "shelter": "no", "dogs": "no", "difficulty": "hard", "surface": "sand"}


@pytest.mark.parametrize(
    ("text", "slot", "state"),
    [
        ("a 12-kilometre walk", "length", "right"),
        ("a 12km walk", "length", "right"),
        ("a 112 km walk", "length", "wrong"),
        ("a 12.5 km walk", "length", "wrong"),
        ("a walk of 3.12 km", "length", "wrong"),
        ("a 99 km walk", "length", "wrong"),
        ("12 km or 13 km", "length", "wrong"),
        ("a walk of 12 hours", "length", "omitted"),
        ("parking is available", "parking", "right"),
        ("PARKING: yes", "parking", "right"),
        ("parking = no", "parking", "wrong"),
        ("there is no parking", "parking", "wrong"),
        ("no, parking is easy", "parking", "right"),
        ("it does not have parking", "parking", "wrong"),
        ("it has parking but no shelter", "shelter", "right"),
        ("it has neither parking nor a shelter", "parking", "wrong"),
        ("it has neither parking nor a shelter", "shelter", "right"),
        ("it has no parking but a shelter", "shelter", "wrong"),
        ("dogs are not allowed", "dogs", "right"),
        ("dogs are allowed", "dogs", "wrong"),
        ("dog-friendly", "dogs", "wrong"),
        ("hot dogs", "dogs", "omitted"),
        ("extremely hard", "difficulty", "wrong"),
        ("hardly", "difficulty", "omitted"),
        ("hard but easy", "difficulty", "wrong"),
        ("over sandy ground", "surface", "right"),
        ("a sandwich", "surface", "omitted"),
        ("", "surface", "omitted"),
    ],
)
def test_states(text: str, slot: str, state: str) -> None:
    assert realised_slots(text, FACTS).states[slot] == state


def test_extra_slots_are_named_in_order() -> None:
    realised = realised_slots("Dogs are welcome at the waterfall in Quenby in spring.", {"name": "Otter Loop"})
    assert realised == Realisation(states={"name": "omitted"}, extra=("region", "season", "highlight", "dogs"))


def test_long_hostile_text_is_read_in_linear_time() -> None:
    text = "no " * 500_000 + "\ud800" + "grey " * 500_000 + "1" * 500_000
    assert realised_slots(text, {"name": "Grey Heron Loop"}).states == {"name": "omitted"}


def test_vocabulary_is_a_copy() -> None:
    slot_vocabulary()["season"].clear()
    assert set(slot_vocabulary()["season"]) == {"spring", "summer", "autumn", "winter"}


@pytest.mark.parametrize("record", [{"season": "monsoon"}, {"weather": "fine"}])
def test_unknown_slots_and_values_are_refused(record: dict[str, str]) -> None:
    with pytest.raises(TaskError, match="no slot"):
        realised_slots("", record)


def test_arguments_are_checked() -> None:
    with pytest.raises(TaskError, match="no depth"):
        samples(seed=1, n=1, depths=(1, 2))
    with pytest.raises(TaskError, match="`n` must be"):
        samples(seed=1, n=0)
    with pytest.raises(TaskError, match="`seed` must be"):
        samples(seed=-1, n=1)


def test_seeds_do_not_share_records_beyond_chance() -> None:
    records = {hashlib.sha256(str(sample.input["record"]).encode()).digest() for sample in many()}
    others = {
        hashlib.sha256(str(sample.input["record"]).encode()).digest() for sample in samples(seed=SEED + 1, n=2000)
    }
    assert len(records & others) <= 2

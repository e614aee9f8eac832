"""The grammar of the trail world: says every slot of a record in one or two sentences.

A text is a core clause (name, region, length and difficulty), in which surface and highlight may stand as modifiers,
then a sentence with whatever is left as predicates: "It is best in spring, has parking but no shelter, and ...".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalsuite.worlds._trail_words import DIFFICULTIES, FACILITIES, HIGHLIGHTS, SEASONS, SURFACES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalsuite.rng import CounterRng

__all__ = ["say_record"]

# {name} name, {at} region, {dur} "12 km", {long} "12-kilometre", {a_d} "an easy", {d} "easy", {a_n} "an 8 km",
# {noun} "trail", {mods} surface and highlight
_CORES = (
    "{name} is {a_d} {long} {noun} in {at}{mods}",
    "{name} in {at} is {a_d} {noun} that covers {dur}{mods}",
    "{name} runs for {dur} through {at}{mods} and is {d}",
    "{name}, {a_n} {noun} in {at}{mods}, is {d}",
    "in {at}, {name} is {a_d} {noun} of {dur}{mods}",
    "at {dur}, {name} is {a_d} {noun} in {at}{mods}",
    "{at} is home to {name}, {a_d} {noun} of {dur}{mods}",
    "walkers in {at} can follow {name}, {a_d} {noun} of {dur}{mods}",
)
_NOUNS = ("trail", "walk", "hike", "route")
_SUBJECTS = ("it", "the trail", "the route")


def say_record(record: Mapping[str, str], rng: CounterRng, n: int) -> tuple[str, ...]:
    """Say `record` in `n` ways, each of which says every slot.

    Parameters
    ----------
    record : mapping of str to str
        Value by slot.
    rng : CounterRng
        Chooses order and words.
    n : int
        How many, at most 8; no two share the build of their core clause.
    """
    return tuple(_say(core, record, rng) for core in rng.shuffled(_CORES)[:n])


def _say(core: str, record: Mapping[str, str], rng: CounterRng) -> str:
    loose = [slot for slot in ("surface", "highlight") if slot in record]
    said_later = ("season" in record) + ("parking" in record or "shelter" in record) + ("dogs" in record)
    inside = [slot for slot in loose if said_later + len(loose) > 3 or rng.below(2)]
    modifiers = "".join(f" {_modifier(slot, record[slot], rng)}" for slot in inside)

    number = record["length"].removesuffix(" km")
    unit = "kilometre" if number == "1" else "kilometres"
    difficulty = rng.choice(DIFFICULTIES[record["difficulty"]][:2])
    clause = core.format(
        name=rng.choice(("", "the ")) + record["name"],
        at=record["region"],
        dur=rng.choice((f"{number} km", f"{number} {unit}")),
        long=rng.choice((f"{number} km", f"{number}-kilometre")),
        a_d=_with_article(difficulty),
        d=difficulty,
        a_n=rng.choice((_with_article(f"{number} km"), _with_article(f"{number}-kilometre"))),
        noun=rng.choice(_NOUNS),
        mods=modifiers,
    )

    predicates = [_predicate(slot, record[slot], rng) for slot in loose if slot not in inside]
    if "season" in record:
        predicates.append(_predicate("season", record["season"], rng))
    if "parking" in record or "shelter" in record:
        predicates.append(_facilities(record.get("parking"), record.get("shelter"), rng))
    ending = ""
    if "dogs" in record:
        clauses, verbs = FACILITIES["dogs"][record["dogs"]][:2], FACILITIES["dogs"][record["dogs"]][2:4]
        if rng.below(2):
            ending = f", and {rng.choice(clauses)}"
        else:
            predicates.append(rng.choice(verbs))
    return _sentences(clause, rng.shuffled(predicates), ending, rng.choice(_SUBJECTS))


def _modifier(slot: str, value: str, rng: CounterRng) -> str:
    if slot == "surface":
        noun, adjective = SURFACES[value][:2]
        return rng.choice((f"on {noun}", f"over {adjective} ground"))
    sight = _with_article(rng.choice(HIGHLIGHTS[value][:2]))
    return rng.choice((f"past {sight}", f"with {sight} on the way"))


def _predicate(slot: str, value: str, rng: CounterRng) -> str:
    if slot == "season":
        return f"is {rng.choice(('best', 'at its best', 'loveliest'))} in {SEASONS[value][0]}"
    if slot == "surface":
        noun, adjective = SURFACES[value][:2]
        return rng.choice((f"runs on {noun}", f"crosses {adjective} ground"))
    return f"{rng.choice(('passes', 'leads to'))} {_with_article(rng.choice(HIGHLIGHTS[value][:2]))}"


def _facilities(parking: str | None, shelter: str | None, rng: CounterRng) -> str:
    verb = rng.choice(("has", "offers"))
    if parking is None or shelter is None:
        thing = "parking" if shelter is None else "a shelter"
        bare = "parking" if shelter is None else "shelter"
        return f"{verb} {thing}" if "yes" in (parking, shelter) else f"{verb} no {bare}"
    if parking == shelter == "yes":
        return f"{verb} {rng.choice(('parking and a shelter', 'a shelter and parking'))}"
    if parking == "yes":
        return f"{verb} {rng.choice(('parking but no shelter', 'no shelter but parking'))}"
    if shelter == "yes":
        return f"{verb} {rng.choice(('a shelter but no parking', 'no parking but a shelter'))}"
    return f"{verb} {rng.choice(('neither parking nor a shelter', 'no parking and no shelter'))}"


def _sentences(clause: str, predicates: list[str], ending: str, subject: str) -> str:
    if not predicates:
        return _capitalised(f"{clause}{ending}.")
    if len(predicates) > 2 or (len(predicates) == 2 and any(" and " in predicate for predicate in predicates)):
        # commas keep "has parking and a shelter" together
        joined = f"{', '.join(predicates[:-1])}, and {predicates[-1]}"
    else:
        joined = " and ".join(predicates)
    return f"{_capitalised(clause)}. {_capitalised(subject)} {joined}{ending}."


def _with_article(phrase: str) -> str:
    word = phrase.split()[0].split("-")[0]
    return f"{'an' if word in ('8', '11', '18') or word[0] in 'aeiou' else 'a'} {phrase}"


def _capitalised(text: str) -> str:
    return text[0].upper() + text[1:]

"""What stands for nltk's WordNet: the same methods, with no synonyms, or with a few between common words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Lemma:
    word: str

    def name(self) -> str:
        return self.word


@dataclass(frozen=True)
class Synset:
    words: tuple[str, ...]

    def lemmas(self) -> list[Lemma]:
        return [Lemma(word) for word in self.words]


@dataclass(frozen=True)
class WordNetStub:
    """Synsets by word; a lemma of several words has underscores, as WordNet writes them."""

    words: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = ()

    def synsets(self, word: str) -> list[Synset]:
        return [Synset(words) for known, synsets in self.words if known == word for words in synsets]


NO_SYNONYMS = WordNetStub()
SOME_SYNONYMS = WordNetStub(
    (
        ("cat", (("cat", "mat", "sit_down"), ("sat", "the"))),
        ("the", (("a", "of"),)),
        ("sat", (("on", "cat"), ("cat", "on", "internationalis"))),
        ("a", (("one_of", "the"),)),
        ("extraordinarili", (("internationalis", "on"),)),
        (".", ((",", "-"),)),
        ("internationalis", (("extraordinarili",),)),
    )
)

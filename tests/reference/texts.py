"""Seeded texts to try tokenizers on: nasty ones to be right on, and plain ones to be fast on."""

# ruff: noqa: RUF001 - sentences in other scripts have their own punctuation

from __future__ import annotations

import random
from itertools import accumulate

# Everything the 13a rules look at, its neighbours, and what a byte-wise reader could mistake.
PIECES = (
    *" \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u180e",
    *"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    *".,-.,-.,-0123456789abcABC\x00\x7f\x1b",
    *("&quot;", "&amp;", "&lt;", "&gt;", "&amp;lt;", "&amp;amp;quot;", "&nbsp;", "&am", "p;"),
    *("<skipped>", "<skip", "ped>", "-\n", "-", "\n", "-\r\n"),
    *(
        "1,000.50",
        "3.14",
        ".5",
        "5.",
        "1990-2000",
        "e.g.",
        "U.S.",
        "...",
        "..",
        ",,",
        ".,",
        "1.,2",
        "don't",
        "well-known",
    ),
    *("中文", "字", "。", "\uff0c", "テスト", "한국어", "العربية", "हिन्दी", "é", "e\u0301", "ß", "İ", "ŉ", "ﬁ"),
    *("😀", "👩‍👩‍👧", "🇫🇷", "\U00020000", "\u0660\u0661", "²", "½", "Ⅷ", "\ufeff"),
    *("\ud800", "\udfff", "\ud83d", "\ude00"),
    *("the", "cat", "sat", "on", "mat", "extraordinarily", "internationalisation", "The", "CAT"),
)
COMMON = ("the", "a", "of", "cat", "sat", "on", "mat", ".", ",", "1", "-")


def nasty_text(rng: random.Random, max_pieces: int = 20) -> str:
    """Glue random pieces together, with and without spaces."""
    kind = rng.random()
    if kind < 0.04:
        return ""
    if kind < 0.08:
        return "".join(rng.choices(".,-!?\"'()", k=rng.randint(1, 12)))
    if kind < 0.12:
        return rng.choice((" ", "")).join([rng.choice(PIECES)] * rng.randint(2, 60))
    if kind < 0.40:
        return " ".join(rng.choices(COMMON, k=rng.randint(1, max_pieces)))
    glue = rng.choice(("", " ", ""))
    return glue.join(rng.choices(PIECES, k=rng.randint(1, max_pieces)))


# Where the tables of tokenizers have their edges.
BLOCKS = ((0, 0x250), (0, 0x3000), (0x2000, 0x3400), (0xF900, 0x10000), (0x1F000, 0x20000), (0, 0x110000))


def unicode_text(rng: random.Random) -> str:
    """Glue characters from all over Unicode, lone surrogates too, with what tokenizers look at; or a nasty text."""
    if rng.random() < 0.4:
        return nasty_text(rng)
    alphabet = [chr(rng.randrange(*rng.choice(BLOCKS))) for _ in range(6)]
    return "".join(rng.choices([*alphabet, *" .,-5a"], k=rng.randint(0, 25)))


def edited(rng: random.Random, text: str) -> str:
    """Change a text in a few places, so that some of its n-grams survive."""
    for _ in range(rng.randint(0, 3)):
        at = rng.randint(0, len(text))
        text = text[:at] + rng.choice((*PIECES, "", " ")) + text[at + rng.randint(0, 2) :]
    return text


def nasty_segments(n: int, *, seed: int, with_none: bool = True) -> tuple[list[str], list[list[str | None]]]:
    """Hypotheses, and from 1 to 4 references for each."""
    rng = random.Random(seed)
    hypotheses, references = [], []
    for _ in range(n):
        hypothesis = nasty_text(rng)
        group: list[str | None] = []
        for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
            group.append(edited(rng, hypothesis) if rng.random() < 0.7 else nasty_text(rng))
        if with_none and rng.random() < 0.2:
            group.insert(rng.randint(0, len(group)), None)
        hypotheses.append(hypothesis)
        references.append(group)
    return hypotheses, references


def plain_segments(n: int, *, seed: int) -> tuple[list[str], list[str]]:
    """English-like translations of about 25 words and their references: Zipf's law, punctuation, some numbers."""
    rng = random.Random(seed)
    letters = "etaoinshrdlucmfwypvbgkjqxz"
    weights = (12, 9, 8, 8, 7, 7, 6, 6, 6, 4, 4, 3, 3, 2, 2, 2, 2, 2, 1, 1.5, 2, 1, 0.2, 0.1, 0.2, 0.1)
    lengths = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14)
    length_weights = (1, 8, 14, 16, 14, 12, 11, 9, 6, 4, 3, 2)
    vocabulary = [
        "".join(rng.choices(letters, weights, k=rng.choices(lengths, length_weights)[0])) for _ in range(20_000)
    ]
    # Added up once: choices() would do it again for every word.
    frequencies = list(accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))

    def word() -> str:
        chosen = rng.choices(vocabulary, cum_weights=frequencies)[0]
        kind = rng.random()
        if kind < 0.03:
            return f"{rng.randint(1, 3000):,}"
        if kind < 0.05:
            return f"{chosen}-{rng.choice(vocabulary)}"
        return chosen.title() if kind < 0.12 else f"{chosen}," if kind < 0.18 else chosen

    references = []
    for _ in range(n):
        chosen = [word() for _ in range(max(4, round(rng.gauss(25, 9))))]
        chosen[0] = chosen[0].title()
        if rng.random() < 0.1:
            chosen[1] = f'"{chosen[1]}"'
        references.append(" ".join(chosen) + rng.choice(".....?!"))
    hypotheses = [" ".join(old if rng.random() < 0.75 else word() for old in text.split()) for text in references]
    return hypotheses, references


SCRIPTS = {
    "Latin": ("Gestern fiel in Zürich Schnee – 12,5 cm!", "In Zürich fielen gestern 12,5 cm Schnee!"),
    "accents": ("L’été dernier, « ça » coûtait 3 000 €.", "L’été passé, « cela » coûtait 3 000 €."),
    "Cyrillic": ("Вчера в Москве выпал снег (10 см).", "Вчера в городе выпало 10 см снега."),
    "Greek": ("Η γάτα κοιμάται; Όχι, παίζει.", "Κοιμάται η γάτα; Όχι, τώρα παίζει."),
    "Arabic": ("وصل القطار في الساعة ٧٫٣٠ صباحًا، أليس كذلك؟", "وصل القطار الساعة ٧٫٣٠، أليس كذلك؟"),
    "Hebrew": ("הרכבת הגיעה בשעה 7:30, נכון?", "הרכבת הגיעה ב-7:30, לא?"),
    "Hindi": ("बिल्ली छत पर सो रही है। क्यों?", "बिल्ली अब छत पर सो रही है।"),
    "Thai": ("แมวนอนบนหลังคา ๒ ตัว", "แมว ๒ ตัวนอนอยู่บนหลังคา"),
    "Chinese": ("昨天北京下了3.5厘米的雪，“真冷”！", "北京昨天下雪3.5厘米，“很冷”！"),
    "Japanese": ("昨日、東京で雪が降りました。寒い！", "東京では昨日雪が降った。寒い！"),
    "Korean": ("어제 서울에 눈이 왔어요. 추웠죠?", "어제 서울에는 눈이 왔다. 추웠지?"),
    "emoji": ("Snow ❄️ again 👩‍👧… 100% fun 🎉!", "Snow ❄️ once more 👩‍👧, 100% fun 🎉🎉!"),
}
"""Sentences in many scripts, a hypothesis and a reference of each, written for these tests."""


def shifted_segments(n: int, *, seed: int, max_words: int) -> tuple[list[str], list[str]]:
    """References of few different words, and hypotheses that hold their blocks in another order, with errors."""
    rng = random.Random(seed)
    hypotheses, references = [], []
    for _ in range(n):
        vocabulary = [f"w{i}" for i in range(rng.choice((2, 5, 15, max_words)))]
        reference = rng.choices(vocabulary, k=rng.randint(1, max_words))
        if rng.random() < 0.1:
            # Lengths so different that the beam is as steep as it gets, and wider.
            hypothesis = rng.choices(vocabulary, k=rng.choice((1, 2, max_words // 10 + 1, 2 * max_words)))
        else:
            hypothesis = list(reference)
        for _ in range(rng.randint(0, 8)):
            start = rng.randint(0, len(hypothesis))
            block = hypothesis[start : start + rng.randint(1, 12)]
            del hypothesis[start : start + len(block)]
            target = rng.randint(0, len(hypothesis))
            hypothesis[target:target] = block
        for _ in range(rng.randint(0, 1 + max_words // 8)):
            start = rng.randint(0, len(hypothesis))
            hypothesis[start : start + rng.randint(0, 2)] = rng.choices(vocabulary, k=rng.randint(0, 2))
        hypotheses.append(" ".join(hypothesis))
        references.append(" ".join(reference))
    return hypotheses, references

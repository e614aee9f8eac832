"""The words of the trail world: every value a slot can take, and every way of saying it.

The first forms of a value are the ones references use; those after them are accepted as well.
"""

from __future__ import annotations

__all__ = [
    "DIFFICULTIES",
    "FACILITIES",
    "HIGHLIGHTS",
    "LENGTHS",
    "NAME_HEADS",
    "NAME_TAILS",
    "OPTIONAL",
    "REGIONS",
    "REQUIRED",
    "SEASONS",
    "SURFACES",
    "vocabulary",
]


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


REQUIRED = ("name", "region", "length", "difficulty")
OPTIONAL = ("season", "surface", "highlight", "parking", "shelter", "dogs")

LENGTHS = tuple(range(1, 41))  # kilometres

NAME_HEADS = _split(
    "Adder,Alder,Badger,Bilberry,Bracken,Bramble,Buzzard,Cuckoo,Curlew,Dipper,Elder,Foxglove,Gorse,Grey Heron,Hare,"
    "Harrier,Hawthorn,Hazel,Heather,Juniper,Kestrel,Lapwing,Larch,Marten,Merlin,Osprey,Otter,Plover,Raven,Red Kite,"
    "Rowan,Siskin,Sorrel,Stoat,Swallow,Tansy,Thistle,Willow,Wren,Yarrow"
)
NAME_TAILS = _split(
    "Loop,Trail,Walk,Way,Path,Ridge,Circuit,Track,Round,Ramble,Traverse,Climb,Crossing,Link,Horseshoe,Spur,Lane,Edge,"
    "Drove,Descent"
)
REGIONS = _split(
    "Ashmere,Brindale,Corvale,Dunmoor,Eskholt,Fenmark,Garrowby,Hexholm,Ironmoor,Jarndale,Kelderwick,Lindmere,Morvale,"
    "Nethercombe,Ostermoor,Pellwick,Quenby,Rothmoor,Selwick,Tarnholt"
)

DIFFICULTIES = {
    "easy": ("easy", "gentle", "undemanding"),
    "moderate": ("moderate", "intermediate", "moderately difficult"),
    "hard": ("hard", "demanding", "difficult", "challenging"),
    "extreme": ("extreme", "punishing", "extremely hard", "extremely difficult"),
}
SEASONS = {
    "spring": ("spring", "springtime"),
    "summer": ("summer", "summertime"),
    "autumn": ("autumn", "in the fall", "in fall"),
    "winter": ("winter", "wintertime"),
}
SURFACES = {  # noun, adjective
    "chalk": ("chalk", "chalky"),
    "grass": ("grass", "grassy"),
    "gravel": ("gravel", "gravelly"),
    "peat": ("peat", "peaty"),
    "rock": ("rock", "rocky"),
    "sand": ("sand", "sandy"),
    "tarmac": ("tarmac", "paved", "asphalt"),
}
HIGHLIGHTS = {  # each takes the indefinite article
    "beaver dam": ("beaver dam", "beaver pond"),
    "bird hide": ("bird hide", "bird blind"),
    "chapel": ("chapel", "small church"),
    "glacier": ("glacier", "ice field"),
    "lighthouse": ("lighthouse", "harbour light"),
    "mountain lake": ("mountain lake", "alpine lake"),
    "oak grove": ("oak grove", "stand of oaks"),
    "orchid meadow": ("orchid meadow", "meadow of orchids"),
    "quarry": ("quarry", "stone pit"),
    "rope bridge": ("rope bridge", "swing bridge"),
    "ruined castle": ("ruined castle", "castle ruin"),
    "salt marsh": ("salt marsh", "tidal marsh"),
    "sea cave": ("sea cave", "coastal cave"),
    "stone bridge": ("stone bridge", "packhorse bridge"),
    "stone circle": ("stone circle", "ring of stones"),
    "viewpoint": ("viewpoint", "lookout"),
    "vineyard": ("vineyard", "wine terrace"),
    "waterfall": ("waterfall", "cascade"),
    "watermill": ("watermill", "old mill"),
    "windmill": ("windmill", "wind pump"),
}
FACILITIES = {
    "parking": {
        "yes": ("parking", "car park", "place to park"),
        "no": (
            "no parking",
            "without parking",
            "neither parking",
            "nor parking",
            "lacks parking",
            "not have parking",
            "parking is not",
            "parking is unavailable",
            "parking no",
            "no car park",
            "without a car park",
            "no place to park",
        ),
    },
    "shelter": {
        "yes": ("shelter", "shelters"),
        "no": (
            "no shelter",
            "nor a shelter",
            "without a shelter",
            "without shelter",
            "neither a shelter",
            "neither shelter",
            "nor shelter",
            "lacks a shelter",
            "lacks shelter",
            "not have a shelter",
            "shelter is not",
            "shelter is unavailable",
            "shelter no",
            "no shelters",
        ),
    },
    "dogs": {
        "yes": (
            "dogs are welcome",
            "dogs are allowed",
            "welcomes dogs",
            "allows dogs",
            "dog friendly",
            "dogs are permitted",
            "permits dogs",
            "dogs welcome",
            "dogs allowed",
            "dogs yes",
        ),
        "no": (
            "dogs are not allowed",
            "dogs must stay at home",
            "bans dogs",
            "does not allow dogs",
            "dogs are not welcome",
            "dogs are not permitted",
            "dogs are forbidden",
            "dogs are banned",
            "dogs not allowed",
            "no dogs",
            "forbids dogs",
            "without dogs",
            "dogs no",
        ),
    },
}


def vocabulary() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, for each slot in the order of a record, its values and the forms of each."""
    names = [f"{head} {tail}" for head in NAME_HEADS for tail in NAME_TAILS]
    units = ("km", "kilometres", "kilometre", "kilometers", "kilometer", "kms")
    return {
        "name": {name: (name,) for name in names},
        "region": {region: (region,) for region in REGIONS},
        "length": {f"{n} km": tuple(f"{n} {unit}" for unit in units) for n in LENGTHS},
        "difficulty": dict(DIFFICULTIES),
        "season": dict(SEASONS),
        "surface": dict(SURFACES),
        "highlight": dict(HIGHLIGHTS),
        **{slot: dict(values) for slot, values in FACILITIES.items()},
    }

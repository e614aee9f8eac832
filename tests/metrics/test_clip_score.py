"""CLIPScore by tiny CLIP models: torchmetrics' for short texts, right for long ones, clear where something lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from evalsuite.datasets import load_images
from evalsuite.errors import InputError, UsageError
from evalsuite.images.clip import CLIP_VARIABLE, Clip, open_clip
from evalsuite.metrics.clip_score import ClipScore
from evalsuite.metrics.image_features import example_images
from evalsuite.scoring import ScoringInput, score_all
from evalsuite.task import MetricSpec
from evalsuite.types import Sample, Score
from tests.images.tiny_clip import save_tiny_clip

if TYPE_CHECKING:
    from pathlib import Path

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

DRAW = np.random.default_rng(2)
IMAGES = [
    *load_images("fashion_mnist/test")[:4],
    *DRAW.integers(0, 256, (3, 40, 57, 3), dtype=np.uint8),
    np.full((1, 1, 3), 9, np.uint8),
]
TEXTS = ["a boot", "two dogs, one lake", "x", "a shirt with long sleeves", "noise", "7 cats", "rain", "a red dot"]
LONG = "the path leads along the lake and over the bridge to the old hut by the wood, where the dogs sleep"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_clip(tmp_path_factory.mktemp("clip"))


def score(folder: Path, texts: list[str], images: list[Any], **options: Any) -> Score:
    metric = ClipScore(model=f"hf:{folder}", **options)
    samples = [Sample(id=str(i), input={"prompt": text}) for i, text in enumerate(texts)]
    data = ScoringInput(task_name="t", samples=samples, outputs=example_images(images))
    return score_all(data, [(MetricSpec(name="clip_score"), metric)])[0]


class Plain:
    """The model with tensors for features, as torchmetrics wants them, whatever the release of transformers gives."""

    def __init__(self, folder: Path) -> None:
        self._model = transformers.CLIPModel.from_pretrained(folder, local_files_only=True).eval()
        self.config = self._model.config

    def to(self, device: Any) -> Plain:
        return self

    def get_text_features(self, *given: Any) -> Any:
        with torch.no_grad():
            made = self._model.get_text_features(*given)
        return made if isinstance(made, torch.Tensor) else made.pooler_output

    def get_image_features(self, *given: Any) -> Any:
        with torch.no_grad():
            made = self._model.get_image_features(*given)
        return made if isinstance(made, torch.Tensor) else made.pooler_output


def torchmetrics_score(folder: Path, text: str, image: Any) -> float:
    functional = pytest.importorskip("torchmetrics.functional.multimodal")
    processor = transformers.CLIPProcessor(
        image_processor=transformers.AutoImageProcessor.from_pretrained(folder, local_files_only=True),
        tokenizer=transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True),
    )
    planes = torch.from_numpy(np.repeat(image, 3 // image.shape[2], axis=2).transpose(2, 0, 1).copy())
    return float(functional.clip_score(planes, text, model_name_or_path=lambda: (Plain(folder), processor)))


def test_it_is_torchmetrics_for_texts_that_fit(folder: Path) -> None:
    found = [score(folder, [text], [image]).value for text, image in zip(TEXTS, IMAGES, strict=True)]
    expected = [torchmetrics_score(folder, text, image) for text, image in zip(TEXTS, IMAGES, strict=True)]
    assert found == pytest.approx(expected, abs=1e-3)  # of 100
    assert max(expected) > 5
    whole = score(folder, TEXTS, IMAGES)
    assert whole.value == pytest.approx(np.mean(found), rel=1e-12)  # type: ignore[arg-type]
    assert whole.interval is not None


def test_a_long_text_keeps_its_end(folder: Path) -> None:
    """torchmetrics cuts the end off (torchmetrics#2883), and the text is read at another place."""
    clip = Clip(folder)
    last = clip.token_ids("")[-1]
    assert clip.n_tokens(LONG) > 77
    ids = clip.token_ids(LONG)
    assert len(ids) == 77
    assert (ids[0], ids[-1]) == (clip.token_ids("")[0], last)
    assert ids[:-1] == clip._tokenizer(LONG, verbose=False)["input_ids"][:76]
    model = Plain(folder)
    embedding = model.get_text_features(torch.tensor([ids])).double().numpy()[0]
    own = clip._embed_text(LONG)
    np.testing.assert_allclose(own, embedding / np.linalg.norm(embedding), atol=1e-6)
    with pytest.warns(UserWarning, match="Encountered caption longer than"):
        theirs = torchmetrics_score(folder, LONG, IMAGES[0])
    ours = score(folder, [LONG], [IMAGES[0]]).value
    assert ours is not None
    assert abs(ours - theirs) > 0.5


def test_the_text_that_just_fits(folder: Path) -> None:
    clip = Clip(folder)
    text = "a" * 75
    assert clip.n_tokens(text) == 77
    assert clip.token_ids(text) == clip.token_ids(f"{text}")
    assert clip.cosine(text + "aa", IMAGES[0]) != clip.cosine(text[:-1], IMAGES[0])
    assert clip.cosine(text, IMAGES[0]) * 100 == pytest.approx(torchmetrics_cosine(folder, text, IMAGES[0]), abs=1e-3)


def torchmetrics_cosine(folder: Path, text: str, image: Any) -> float:
    """Return 100 times the cosine, also below 0."""
    clip, model = Clip(folder), Plain(folder)
    one = model.get_text_features(torch.tensor([clip.token_ids(text)]))[0]
    other = model.get_image_features(
        clip._processor(images=[np.repeat(image, 3 // image.shape[2], axis=2)], return_tensors="pt")["pixel_values"]
    )[0]
    return 100 * float(torch.nn.functional.cosine_similarity(one, other, dim=0))


def test_below_0_each_image_counts_as_0(folder: Path) -> None:
    clip = Clip(folder)
    cosines = np.array([[clip.cosine(text, image) for image in IMAGES] for text in TEXTS])
    assert cosines.min() < 0 < cosines.max()
    worst = np.unravel_index(cosines.argmin(), cosines.shape)
    best = np.unravel_index(cosines.argmax(), cosines.shape)
    found = score(folder, [TEXTS[worst[0]], TEXTS[best[0]]], [IMAGES[worst[1]], IMAGES[best[1]]])
    assert found.value == pytest.approx(100 * cosines.max() / 2, rel=1e-12)
    assert score(folder, [TEXTS[worst[0]]], [IMAGES[worst[1]]]).value == 0.0
    paper = score(folder, [TEXTS[best[0]]], [IMAGES[best[1]]], weight=2.5)
    assert paper.value == pytest.approx(2.5 * cosines.max(), rel=1e-12)
    assert "|weight:2.5|" in paper.signature


def test_the_signature_is_of_the_files(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ClipScore(model=f"hf:{folder}").signature()
    again = save_tiny_clip(tmp_path / "again")
    assert ClipScore(model=f"hf:{again}").signature() == first
    other = save_tiny_clip(tmp_path / "other", seed=1)
    assert ClipScore(model=f"hf:{other}").signature() != first
    monkeypatch.setenv(CLIP_VARIABLE, str(folder))
    assert ClipScore().signature() == first
    assert "LONG" not in first
    open_clip.cache_clear()


def test_where_the_text_is(folder: Path) -> None:
    metric = ClipScore(model=f"hf:{folder}")
    outputs = example_images(IMAGES[:1])
    inputs: list[dict[str, Any]] = [{"prompt": "rain"}, {"caption": "rain"}, {"prompt": "rain", "style": "oil", "n": 3}]
    rows = [metric.rows([Sample(id="a", input=each)], outputs).values.tolist() for each in inputs]
    assert rows[0] == rows[1] == rows[2]
    for each in (
        {},
        {"caption": " "},
        {"n": 3},
        {"caption": "rain", "style": "oil"},
        {"prompt": "", "a": "b", "c": "d"},
    ):
        with pytest.raises(ValueError, match='clip_score: sample "a" has no text "prompt" in its input, nor one text'):
            metric.rows([Sample(id="a", input=each)], outputs)  # type: ignore[arg-type]


def test_a_model_that_is_missing_or_another(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(CLIP_VARIABLE, raising=False)
    with pytest.raises(
        InputError, match=r"there is no checkpoint: give the metric model=hf:FOLDER, or set EVALSUITE_CLIP"
    ):
        ClipScore().check()
    with pytest.raises(InputError, match=r"there is no config.json"):
        ClipScore(model=f"hf:{tmp_path}").check()
    for model in ("openai/clip-vit-base-patch32", "hf:nowhere", str(folder)):
        with pytest.raises(UsageError, match='`model` must be "hf:FOLDER" with a folder that is there'):
            ClipScore(model=model)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(InputError, match='expected a CLIP model, found one of type "bert"'):
        ClipScore(model=f"hf:{tmp_path}").check()
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(InputError, match="transformers' AutoConfig cannot open it"):
        ClipScore(model=f"hf:{tmp_path}").check()
    with pytest.raises(UsageError, match="`weight` must be at most 100"):
        ClipScore(weight=101)

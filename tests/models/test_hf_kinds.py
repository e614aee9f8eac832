"""Which architectures of transformers are opened, and that all others are refused by what they are."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalsuite.errors import ModelError
from evalsuite.models.spec import open_model
from evalsuite.types import GenerationConfig, Request

transformers: Any = pytest.importorskip("transformers")
Ask = Callable[..., Request]
Build = Callable[..., Path]
SIZES = {"vocab_size": 99, "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 4}


@pytest.fixture(scope="module")
def bart(build_seq2seq: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_seq2seq(tmp_path_factory.mktemp("kinds") / "bart", kind="bart")


@pytest.mark.parametrize(
    ("kind", "architecture"),
    [
        ("bert", "BertForMaskedLM"),
        ("bert", "BertForPreTraining"),
        ("bart", "BartForSequenceClassification"),
        ("roberta", "RobertaForQuestionAnswering"),
        ("t5", "T5EncoderModel"),
        ("vit", "ViTForImageClassification"),
    ],
)
def test_heads_that_write_nothing_are_refused_when_opened(
    bart: Path, tmp_path: Path, kind: str, architecture: str
) -> None:
    copy = shutil.copytree(bart, tmp_path / "copy")
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "model_type": kind, "architectures": [architecture]}))
    with pytest.raises(
        ModelError,
        match=rf'holds a model of type "{kind}" \({architecture}\), which is known neither as a causal language model',
    ):
        open_model(f"hf:{copy}")


@pytest.mark.parametrize("architectures", [["BertModel"], None, "BertModel", []])
def test_an_encoder_is_refused_when_it_is_loaded(bart: Path, tmp_path: Path, architectures: object, ask: Ask) -> None:
    copy = shutil.copytree(bart, tmp_path / "copy")
    transformers.BertLMHeadModel(transformers.BertConfig(**SIZES, is_decoder=True)).save_pretrained(copy)
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "architectures": architectures, "is_decoder": False}))
    with pytest.raises(
        ModelError, match=r'holds a model of type "bert".*neither as a causal .* encoder-decoder of texts'
    ):
        open_model(f"hf:{copy}").generate([ask("a")], GenerationConfig())


def test_a_type_without_texts_is_refused_when_it_is_loaded(bart: Path, tmp_path: Path, ask: Ask) -> None:
    copy = shutil.copytree(bart, tmp_path / "copy")
    (copy / "config.json").write_text(json.dumps({"model_type": "vit"}))
    with pytest.raises(ModelError, match=r'holds a model of type "vit", which is known neither'):
        open_model(f"hf:{copy}").generate([ask("a")], GenerationConfig())


def test_a_decoder_of_a_type_of_encoders_is_opened(bart: Path, tmp_path: Path, ask: Ask) -> None:
    copy = shutil.copytree(bart, tmp_path / "copy")
    network = transformers.BertLMHeadModel(transformers.BertConfig(**SIZES, is_decoder=True, initializer_range=0.5))
    network.save_pretrained(copy)
    output = open_model(f"hf:{copy}").generate([ask("abc")], GenerationConfig(max_new_tokens=5))[0]
    assert output.error is None
    assert output.tokens_in == 5


def test_weights_saved_without_a_head_that_shares_them_are_whole(bart: Path, tmp_path: Path, ask: Ask) -> None:
    config = transformers.BartConfig.from_pretrained(bart)
    config.tie_word_embeddings = True
    network = transformers.BartForConditionalGeneration(config)
    whole, bare = (shutil.copytree(bart, tmp_path / name) for name in ("whole", "bare"))
    network.save_pretrained(whole)
    network.model.save_pretrained(bare)
    assert json.loads((bare / "config.json").read_text())["architectures"] == ["BartModel"]
    answers = [
        open_model(f"hf:{copy}").generate([ask("abc")], GenerationConfig(max_new_tokens=8)) for copy in (whole, bare)
    ]
    assert answers[0] == answers[1]
    assert answers[0][0].error is None

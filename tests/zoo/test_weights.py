import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evalsuite.errors import ModelError
from evalsuite.zoo import CONTROLS, IMAGE_MODELS, NAMES, PICTURE_MODELS, TEXT_MODELS, VIDEO_CONTROLS, describe_model
from evalsuite.zoo.model import ZooModel, open_model
from evalsuite.zoo.weights import WEIGHTS, load_config

CARDS = WEIGHTS.parent / "cards"
TRAINED = [*TEXT_MODELS, *IMAGE_MODELS, *PICTURE_MODELS]


@pytest.mark.parametrize("name", TRAINED)
def test_files_are_complete_small_and_hashed(name):
    config, raw = load_config(WEIGHTS, name)
    path = WEIGHTS / f"{name}.safetensors"
    assert path.stat().st_size <= 4_000_000
    assert hashlib.sha256(path.read_bytes()).hexdigest() == config["weights_sha256"]
    assert config["name"] == name
    assert {"core_seconds", "data", "seed", "steps"} <= set(config["training"])
    assert open_model(name, {}).fingerprint == hashlib.sha256(path.read_bytes() + raw).hexdigest()
    assert describe_model(name)


@pytest.mark.parametrize("name", TRAINED)
def test_card_states_what_the_config_states(name):
    text, (config, _) = (CARDS / f"{name}.md").read_text(encoding="utf-8"), load_config(WEIGHTS, name)
    card = " ".join(text.split())
    assert f"{config['parameters']:,} parameters" in card
    assert f"{config['training']['core_seconds']:,} core-seconds" in card
    assert f"{config['training']['steps']:,} steps" in card
    for heading in ("Data", "Architecture", "Training", "Scores", "What it is for", "What it is not"):
        assert f"\n## {heading}\n" in text


def test_there_is_a_card_for_every_model_and_a_model_for_every_file():
    assert {path.stem for path in CARDS.iterdir()} == set(NAMES)
    assert {path.stem for path in WEIGHTS.iterdir()} == set(TRAINED)
    assert set(NAMES) == {*TRAINED, *CONTROLS, *VIDEO_CONTROLS}


def test_wrong_weights_are_refused(tmp_path):
    shutil.copy(WEIGHTS / "ledger_cot.json", tmp_path)
    shutil.copy(WEIGHTS / "ledger_direct.safetensors", tmp_path / "ledger_cot.safetensors")
    expected = json.loads((tmp_path / "ledger_cot.json").read_text())["weights_sha256"]
    found = hashlib.sha256((tmp_path / "ledger_cot.safetensors").read_bytes()).hexdigest()
    message = f"{tmp_path / 'ledger_cot.safetensors'}: expected SHA-256 {expected}, found {found}"
    with pytest.raises(ModelError, match=re.escape(message)):
        ZooModel("ledger_cot", tmp_path)


def test_missing_and_broken_files_are_named(tmp_path):
    with pytest.raises(ModelError, match=r"ledger_cot\.json: cannot be read \(No such file"):
        ZooModel("ledger_cot", tmp_path)
    (tmp_path / "ledger_cot.json").write_text("{")
    with pytest.raises(ModelError, match=r"ledger_cot\.json: expected a model config"):
        ZooModel("ledger_cot", tmp_path)
    shutil.copy(WEIGHTS / "ledger_cot.json", tmp_path)
    with pytest.raises(ModelError, match=r"ledger_cot\.safetensors: cannot be read"):
        ZooModel("ledger_cot", tmp_path)


def test_unknown_name_and_option():
    with pytest.raises(ModelError, match=r'zoo: no model "ledger_cott"; did you mean "ledger_cot"\?'):
        open_model("ledger_cott", {})
    with pytest.raises(ModelError, match=r'zoo:ledger_cot: unknown option "beams"'):
        open_model("ledger_cot", {"beams": "4"})


def test_importing_the_zoo_is_light():
    code = (
        "import sys, evalsuite.zoo; assert not {'numpy', 'torch'} & set(sys.modules)\n"
        "from evalsuite.zoo.model import open_model; open_model('ledger_cot', {})\n"
        "assert 'torch' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)

import pytest

from evalsuite.worlds import load_world
from evalsuite.worlds.ledger import samples
from evalsuite.zoo.examples import ledger_tokenizer, record_examples, record_tokenizer
from evalsuite.zoo.family_examples import program_tokenizer, tracking_tokenizer
from evalsuite.zoo.tokenizer import SPECIALS, UNKNOWN, Tokenizer


@pytest.fixture(scope="module")
def ledger():
    return ledger_tokenizer()


def test_every_ledger_text_is_in_the_vocabulary(ledger):
    for sample in samples(seed=9, n=48 * 24):
        assert UNKNOWN not in ledger.encode(sample.input["problem"])
        assert ledger.decode(ledger.encode(sample.references[0])) == sample.references[0]


@pytest.mark.parametrize(
    ("family", "tokenizer"), [("program", program_tokenizer()), ("tracking", tracking_tokenizer())]
)
def test_every_text_of_a_family_is_in_the_vocabulary(family, tokenizer):
    for sample in load_world(family).samples(seed=9, n=48 * 16):
        assert UNKNOWN not in tokenizer.encode(sample.input["problem"])
        assert tokenizer.decode(tokenizer.encode(sample.references[0])) == sample.references[0]


def test_record_texts_survive():
    tokenizer = record_tokenizer()
    stream = record_examples(4)
    for _ in range(500):
        example = next(stream)
        for text in (example.prompt, example.completion):
            assert tokenizer.decode(tokenizer.encode(text)) == text


def test_labels_open_steps_only_at_the_start_of_a_line(ledger):
    index = ledger.label_index
    ids = ledger.encode("1. Put in 12 coins, 3: of them\n2. times 7\n14: 59\nanswer: 5")
    assert [index[i] for i in ids if index[i] >= 0] == [1, 2, 14]
    assert [ledger.vocabulary[i] for i in ids if ledger.counts[i]] == [" 12", " 3", " 7", " 59", " 5"]


def test_whitespace_case_and_punctuation_do_not_matter_to_the_ledger(ledger):
    assert ledger.encode("1. Put in 12.\n2. TIMES 3") == ledger.encode("1.  put in, 12\n2. times  3!")


@pytest.mark.parametrize("text", ["", "\ud800\udfff", "100 007 -5", "\x00\n\n\r\t", "é" * 10_000, "1" * 10_000])
def test_any_text_can_be_read(ledger, text):
    assert all(0 <= i < len(ledger.vocabulary) for i in ledger.encode(text))


def test_numbers_out_of_range_are_unknown(ledger):
    assert ledger.encode("100") == [UNKNOWN]
    assert ledger.encode("99") != [UNKNOWN]


def test_special_tokens_cannot_be_written_by_the_user():
    tokenizer = Tokenizer([*SPECIALS, " a"], r"<\w+>|\w+")
    assert tokenizer.encode("<eos> <go> a") == [UNKNOWN, UNKNOWN, 4]
    assert tokenizer.decode([0, 1, 2, 3, 4]) == "a"

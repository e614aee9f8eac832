"""What the cards of models that read text say in words."""

from __future__ import annotations

__all__ = [
    "ARCHITECTURE",
    "CODES",
    "COUNTS",
    "DATA",
    "DRAWN",
    "DRAWN_IN_PROOFS",
    "DRAWN_TO_PLACES",
    "HELD_OUT",
    "LEDGER_MIX",
    "MORE_QUESTIONS",
    "NOT",
    "NOT_PICTURES",
    "ON_THE_SIDE",
    "PURPOSE",
    "STEP_INDEX",
]

DATA = {
    "ledger_steps": "Problems of the ledger world with the trace of all counts and the answer; depths 1 to 24 "
    "with weights 1/depth^2.",
    "ledger_steps_deeper": "Problems of the ledger world with the trace of all counts and the answer; depths 1 to "
    "24 with weights 1/depth^1.5.",
    "ledger_answer": "Problems of the ledger world with the answer alone: the very problems that `ledger_cot` "
    "learns from; depths 1 to 24 with weights 1/depth^2.",
    "tracking_steps": "Problems of the tracking world with the place of the asked thing after every round and the "
    "answer; depths 1 to 24 with weights 1/depth^1.5.",
    "tracking_answer": "Problems of the tracking world with the answer alone: the very problems that `tracking_cot` "
    "learns from; depths 1 to 24 with weights 1/depth^1.5.",
    "deduction_steps": "Problems of the deduction world with every line of the proof and the answer; depths 1 to 16 "
    "with weights 1/depth^2.",
    "deduction_answer": "Problems of the deduction world with the answer alone: the very problems that `deduction_cot` "
    "learns from; depths 1 to 16 with weights 1/depth^2.",
    "pictures": "Requests of the picture world, each with the codes of a picture that meets it; 1 to 6 constraints, "
    "all depths and templates alike often.",
    "records": "Records of the data_to_text world, each with one of its four references.",
}
HELD_OUT = (
    "World seeds differ from the embedded task's, and a problem, record or request that is in the task all the same is "
    "left out."
)
LEDGER_MIX = (
    "Templates are drawn uniformly. Shallow problems are the more frequent because a model that answers at once learns "
    "nothing from deep ones before it masters those."
)
MORE_QUESTIONS = (
    "Behind each problem they learn to answer it for three more things or people, named by place or name alone: a "
    "problem is long to read, and so teaches more. None of it is asked of them later."
)
ON_THE_SIDE = (
    "At the end of each numbered line they also learn to say whether it adds, takes away or multiplies; a trial "
    "without knew sums only up to the sign after 1,500 steps. Nothing of it shows in what they write."
)
ARCHITECTURE = {
    "transformer": "Decoder-only transformer, pre-norm, rotary positions, tied embeddings",
    "recurrent": "One recurrent layer with one attention over its own earlier outputs, tied embeddings",
}
CODES = (
    "A picture is 4x4 cells of 12x12 pixels, and the model writes a code for each, by rows, drawn at temperature 1. "
    "The 97 codes stand for an empty cell and for every shape in every colour at four places in its cell. The codebook "
    "is the world's own: what a code looks like is not learned, what to put where is. Settings of text generation "
    "change nothing."
)
STEP_INDEX = (
    "Every token also gets an embedding of its step: the number of the last line label (`3.` or `3:`) read so far, "
    "computed from the text itself."
)
COUNTS = "Counts 0 to 99 start from Fourier features modulo 4 and 25, which training is free to change."
DRAWN = {
    "transformer": (
        "A fixed term in the attention scores draws the four heads to numbers of the own step, numbers of the step "
        "before, all of the own step, and the token before; training may overrule it. A trial without it and without "
        "gated perceptrons was still at chance on the arithmetic after 1,000 steps."
    ),
    "recurrent": (
        "A fixed term in the attention scores draws the attention to numbers of the own step; training may overrule it."
    ),
}
DRAWN_TO_PLACES = {
    "transformer": (
        "A fixed term in the attention scores draws the four heads to places named in the own step, places named in "
        "the step before, all of the own step, and the token before; training may overrule it. A trial without the "
        "first two, with a token between the places of a pair and without further questions, was still near chance "
        "after 1,300 steps."
    ),
    "recurrent": (
        "A fixed term in the attention scores draws the attention to places named in the own step; training may "
        "overrule it."
    ),
}
DRAWN_IN_PROOFS = (
    "A fixed term in the attention scores draws one head to all of the own step and one to the token before; training "
    "may overrule it. Rules have no numbers: which one comes next is found by its words alone."
)
_COMPARED = "One arm of a comparison: the same network, seed, problems and number of updates as"
_WORSE = "A model known to be worse than"
PURPOSE = {
    "ledger_cot": f"{_COMPARED} `ledger_direct`, but it writes its working. (An update "
    "costs it a little more time, because a working is longer than an answer.)",
    "ledger_cot_early": f"{_WORSE} `ledger_cot`: metrics must rank it lower.",
    "ledger_direct": f"{_COMPARED} `ledger_cot`, but it must answer at once. So many updates "
    "does it need to be sure of a single step.",
    "ledger_lstm": "Another family of model that writes its working.",
    "tracking_cot": f"{_COMPARED} `tracking_direct`, but it writes where the thing is after every round.",
    "tracking_direct": f"{_COMPARED} `tracking_cot`, but it must answer at once.",
    "tracking_lstm": "Another family of model that writes where the thing is after every round; its problems are those "
    "of `tracking_cot`, as many of them.",
    "deduction_cot": f"{_COMPARED} `deduction_direct`, but it writes its proof.",
    "deduction_direct": f"{_COMPARED} `deduction_cot`, but it must answer at once.",
    "picture_transformer": "A text-to-image model that gets worse, the more is asked of it at once.",
    "picture_transformer_early": f"{_WORSE} `picture_transformer`: metrics must rank it lower.",
    "data_to_text_gru": "A recurrent model for text metrics with several references.",
    "data_to_text_transformer": "A good model for text metrics with several references.",
    "data_to_text_transformer_early": f"{_WORSE} `data_to_text_transformer`: metrics must rank it lower.",
}
NOT_PICTURES = (
    "A model for use: it knows the words of one procedural world and 97 kinds of cells, and draws something whatever "
    "it is asked for. Its scores say nothing about larger models, and nothing about drawing: none of its shapes can be "
    "unclear."
)
NOT = (
    "A language model: it knows the words of one procedural world and nothing else, and says something whatever it is "
    "shown. Its scores say nothing about larger models."
)

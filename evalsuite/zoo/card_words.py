"""What the cards of models that read text say in words."""

from __future__ import annotations

__all__ = [
    "ARCHITECTURE",
    "CODES",
    "COUNTS",
    "DATA",
    "DRAWN",
    "HELD_OUT",
    "LEDGER_MIX",
    "LEDGER_SEEN",
    "NOT",
    "NOT_PICTURES",
    "ON_THE_SIDE",
    "PURPOSE",
    "RECALL",
    "SIGNS",
    "STEP_INDEX",
]

DATA = {
    "ledger_steps": "Problems of the ledger world with the trace of all counts and the answer; depths 1 to 24 "
    "with weights 1/depth^2.",
    "ledger_steps_deeper": "Problems of the ledger world with the trace of all counts and the answer; depths 1 to "
    "24 with weights 1/depth^1.5.",
    "ledger_answer": "Problems of the ledger world with the answer alone: the very problems that `ledger_cot` "
    "learns from; depths 1 to 24 with weights 1/depth^2.",
    "tracking_steps": "Problems of the tracking world with the place of the asked thing at first, on a line without a "
    "number, and after every round, and the answer; a trial without that first line followed the rounds and knew the "
    "first place in half of the problems. Depths 1 to 24 with weights 1/depth^1.5.",
    "tracking_answer": "Problems of the tracking world with the answer alone: the very problems that `tracking_cot` "
    "learns from; depths 1 to 24 with weights 1/depth^1.5.",
    "program_steps": "Programs of the program world with the number after every instruction and the answer; depths 1 "
    "to 24 with weights 1/depth^2.",
    "program_answer": "Programs of the program world with the answer alone: the very programs that `program_cot` "
    "learns from; depths 1 to 24 with weights 1/depth^2.",
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
LEDGER_SEEN = (
    "Of the other tasks made of the ledger (`ledger_context`, `ledger_variants`, `ledger_interventions`) some of the "
    "shallowest problems are met."
)
ON_THE_SIDE = (
    "At the end of each numbered line they also learn to say whether it adds, takes away or multiplies; a trial "
    "without knew sums only up to the sign after 1,500 steps. Nothing of it shows in what they write."
)
SIGNS = (
    "At each number of an instruction they also learn to say what it does with it: add, take away or multiply. Nothing "
    "of it shows in what they write."
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
RECALL = {
    "transformer": (
        "A fixed term in the attention scores draws the four heads to what followed the token before where it was read "
        "earlier, to that token's earlier places, to earlier places of the token itself, and to the token before; of "
        "the first three, to those of the own step first. Training may overrule it. What joins the two places of a "
        "pair is no token. A trial without either was still near chance after 1,300 steps."
    ),
    "recurrent": (
        "A fixed term in the attention scores draws the attention to earlier places of the token before and to what "
        "followed it there, those of the own step first; training may overrule it. What joins the two places of a pair "
        "is no token."
    ),
}
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
    "program_cot": f"{_COMPARED} `program_direct`, but it writes the number after every instruction. Each begins with "
    "the weights of the ledger model that answers as it does.",
    "program_direct": f"{_COMPARED} `program_cot`, but it must answer at once. Each begins with the weights of the "
    "ledger model that answers as it does.",
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

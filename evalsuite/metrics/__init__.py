"""The metrics, by registry name."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from evalsuite.registry import Entry, Registry

if TYPE_CHECKING:
    from evalsuite.metrics.base import Metric
    from evalsuite.text import BLEU, CHRF, TER, RougeScorer

__all__ = ["BLEU", "CHRF", "METRICS", "TER", "RougeScorer"]

METRICS: Registry[type[Metric]] = Registry(
    "metric",
    "evalsuite.metrics",
    {
        "accuracy": Entry(
            "evalsuite.metrics.accuracy:Accuracy", "Accuracy: share of final answers that are right, 0-1."
        ),
        "all_variants_right": Entry(
            "evalsuite.metrics.all_variants_right:AllVariantsRight",
            "All variants right: share of sets whose every variant of matched difficulty is right, 0-1.",
        ),
        "answer_agreement": Entry(
            "evalsuite.metrics.agreement:AnswerAgreement",
            "Agreement: share of a sample's outputs that give its most frequent answer, mean over samples, 0-1.",
        ),
        "answer_entropy": Entry(
            "evalsuite.metrics.agreement:AnswerEntropy",
            "Answer entropy: of the answers to a sample, in nats, mean over samples; lower is more consistent.",
        ),
        "aurc": Entry(
            "evalsuite.metrics.calibration:AreaUnderRisk",
            "AURC: errors left where the least agreed samples are passed over, over coverages, 0-1; lower is better.",
        ),
        "authenticity": Entry(
            "evalsuite.metrics.memorisation:Authenticity",
            "Authenticity: share of images farther from their training image than that is from its nearest, 0-1.",
        ),
        "bertscore": Entry(
            "evalsuite.metrics.bertscore:BertScore",
            "BERTScore: F of each token's best match by the cosine of their vectors, mean over samples.",
        ),
        "bits_per_byte": Entry(
            "evalsuite.metrics.perplexity:BitsPerByte",
            "Bits per byte: what the texts would be compressed to by the model, over their length; lower is better.",
        ),
        "bleu": Entry(
            "evalsuite.metrics.bleu:Bleu",
            "BLEU: clipped n-gram precision with a brevity penalty, over the corpus, 0-100.",
        ),
        "bleu1": Entry("evalsuite.metrics.bleu:Bleu1", "BLEU-1: BLEU over single words, 0-100."),
        "bleu2": Entry("evalsuite.metrics.bleu:Bleu2", "BLEU-2: BLEU over n-grams of up to 2 words, 0-100."),
        "bleu3": Entry("evalsuite.metrics.bleu:Bleu3", "BLEU-3: BLEU over n-grams of up to 3 words, 0-100."),
        "brier": Entry(
            "evalsuite.metrics.calibration:Brier",
            "Brier score: squared distance of agreement from right or wrong, 0-1; lower is better.",
        ),
        "brier_score": Entry(
            "evalsuite.metrics.choice_probability:BrierScore",
            "Brier score of choices: squared distance of their probabilities from the truth, mean over samples, 0-2.",
        ),
        "byte_perplexity": Entry(
            "evalsuite.metrics.perplexity:BytePerplexity",
            "Byte perplexity: inverse probability of the texts per byte, a geometric mean over all; lower is better.",
        ),
        "cer": Entry(
            "evalsuite.metrics.cer:CharacterErrorRate",
            "CER: character edits per character of the reference, over all outputs; lower is better.",
        ),
        "choice_accuracy": Entry(
            "evalsuite.metrics.choice_accuracy:ChoiceAccuracy",
            "Choice accuracy: share of samples whose likeliest choice is a right one, 0-1.",
        ),
        "choice_probability": Entry(
            "evalsuite.metrics.choice_probability:ChoiceProbability",
            "Choice probability: share of the choices' probability that is on right ones, mean over samples, 0-1.",
        ),
        "chrf": Entry("evalsuite.metrics.chrf:Chrf", "chrF: F-score of character n-grams over the corpus, 0-100."),
        "chrf++": Entry(
            "evalsuite.metrics.chrf:ChrfPlusPlus",
            "chrF++: F-score of character n-grams and of one and two words over the corpus, 0-100.",
        ),
        "clip_score": Entry(
            "evalsuite.metrics.clip_score:ClipScore",
            "CLIPScore: how well each image goes with its text by CLIP, mean over samples; higher is better.",
        ),
        "cmmd": Entry(
            "evalsuite.metrics.cmmd:Cmmd",
            "CMMD: maximum mean discrepancy of unit features under a Gaussian kernel, times 1,000; lower is better.",
        ),
        "composition_accuracy": Entry(
            "evalsuite.metrics.composition_accuracy:CompositionAccuracy",
            "Composition accuracy: share of pictures that meet every constraint and show nothing else, 0-1.",
        ),
        "constraint_accuracy": Entry(
            "evalsuite.metrics.constraint_accuracy:ConstraintAccuracy",
            "Constraint accuracy: constraints that are met, over those of the request and things made up, 0-1.",
        ),
        "contamination_13gram": Entry(
            "evalsuite.metrics.copies:Contamination13gram",
            "Contamination: share of the outputs that have 13 words in a row in common with a corpus, 0-1.",
        ),
        "copy_rate": Entry(
            "evalsuite.metrics.copies:CopyRate",
            "Copy rate: share of the outputs' n-grams that a corpus, or the prompt, holds, 0-1.",
        ),
        "coverage": Entry(
            "evalsuite.metrics.precision_recall:Coverage",
            "Coverage: share of the reference images with an image in their neighbourhood, 0-1.",
        ),
        "data_copying": Entry(
            "evalsuite.metrics.data_copying:DataCopyingTest",
            "C_T: whether images are nearer to training images than unseen ones are, in standard deviations; "
            "below 0: copied.",
        ),
        "density": Entry(
            "evalsuite.metrics.precision_recall:Density",
            "Density: how many balls around reference images an image lies in, on average, over k; higher is better.",
        ),
        "distinct_1": Entry(
            "evalsuite.metrics.distinct:Distinct1",
            "Distinct-1: share of words that are different, over all outputs together, 0-1.",
        ),
        "distinct_2": Entry(
            "evalsuite.metrics.distinct:Distinct2",
            "Distinct-2: share of bigrams that are different, over all outputs together, 0-1.",
        ),
        "distinct_3": Entry(
            "evalsuite.metrics.distinct:Distinct3",
            "Distinct-3: share of trigrams that are different, over all outputs together, 0-1.",
        ),
        "distinct_4": Entry(
            "evalsuite.metrics.distinct:Distinct4",
            "Distinct-4: share of 4-grams that are different, over all outputs together, 0-1.",
        ),
        "ece": Entry(
            "evalsuite.metrics.calibration:ExpectedCalibrationError",
            "ECE: how far agreement is from how often the majority is right, 0-1; lower is better.",
        ),
        "edit_similarity": Entry(
            "evalsuite.metrics.edit_similarity:EditSimilarity",
            "Edit similarity: 1 less the Levenshtein distance over the longer length, mean over samples, 0-1.",
        ),
        "error_location_f1": Entry(
            "evalsuite.metrics.error_location_f1:ErrorLocationF1",
            "Error location F1: harmonic mean of accuracy on solutions with an error and on those without, 0-1.",
        ),
        "error_propagation": Entry(
            "evalsuite.metrics.error_propagation:ErrorPropagation",
            "Error propagation: how much likelier an error is after one than without, -1 to 1; lower is better.",
        ),
        "exact_match": Entry(
            "evalsuite.metrics.exact_match:ExactMatch",
            "Exact match: share of outputs that equal a reference, whitespace around them aside, 0-1.",
        ),
        "feature_diversity": Entry(
            "evalsuite.metrics.diversity:FeatureDiversity",
            "Feature diversity: mean of 1 less the cosine of two images' features, over all pairs; higher is better.",
        ),
        "fid": Entry(
            "evalsuite.metrics.frechet_distance:FrechetInceptionDistance",
            "FID: Fréchet distance between features of Inception as trained for it, and of no other network; "
            "lower is better.",
        ),
        "fid_infinity": Entry(
            "evalsuite.metrics.frechet_infinity:FidInfinity",
            "FID freed of what the sets' sizes add: `frechet_infinity` of Inception's features; lower is better.",
        ),
        "filtered_exact_match": Entry(
            "evalsuite.metrics.filtered_exact_match:FilteredExactMatch",
            "Filtered exact match: share of outputs of which filters take what equals a reference, 0-1.",
        ),
        "first_error": Entry(
            "evalsuite.metrics.first_error:FirstError",
            "First error: mean number of right steps before the first wrong one, up to a horizon.",
        ),
        "flicker": Entry(
            "evalsuite.metrics.flicker:Flicker",
            "Flicker: mean absolute difference of neighbouring frames, mean over videos, 0-1; lower is steadier.",
        ),
        "format_loss": Entry(
            "evalsuite.metrics.format_loss:FormatLoss",
            "Format loss: share of finished outputs with no marked answer, or no steps, 0-1; lower is better.",
        ),
        "frechet_distance": Entry(
            "evalsuite.metrics.frechet_distance:FrechetDistance",
            "Fréchet distance: how far the images' features are from the reference's, as Gaussians; lower is better.",
        ),
        "frechet_infinity": Entry(
            "evalsuite.metrics.frechet_infinity:FrechetInfinity",
            "Fréchet distance between the populations of images, freed of what the sets' sizes add; lower is better.",
        ),
        "horizon": Entry(
            "evalsuite.metrics.horizon:Horizon",
            "Reasoning horizon H50: dependent steps that half of the outputs survive, by the Weibull law of depth.",
        ),
        "g_pass_at_k": Entry(
            "evalsuite.metrics.pass_at_k:GPassAtK",
            "G-Pass@k: chance that at least a share tau of k outputs is right, mean over samples, 0-1.",
        ),
        "greedy_accuracy": Entry(
            "evalsuite.metrics.choice_accuracy:GreedyAccuracy",
            "Greedy accuracy: share of samples of which greedy decoding would write a right choice, 0-1.",
        ),
        "inception_score": Entry(
            "evalsuite.metrics.inception_score:InceptionScore",
            "Inception score: how sure a classifier is of each image, and how many classes it sees; higher is better.",
        ),
        "intra_frechet_distance": Entry(
            "evalsuite.metrics.intra_frechet_distance:IntraFrechetDistance",
            "Intra-class Fréchet distance: mean over classes of the distance between what was asked and real; "
            "lower is better.",
        ),
        "js_ngram": Entry(
            "evalsuite.metrics.ngram_divergence:JsNgram",
            "JS divergence: between the n-grams of the outputs and those of the references, in nats; lower is better.",
        ),
        "kid": Entry(
            "evalsuite.metrics.kid:KernelInceptionDistance",
            "KID: unbiased squared maximum mean discrepancy of the images' features from the reference's; "
            "lower is better.",
        ),
        "kid_subsets": Entry(
            "evalsuite.metrics.kid:KernelInceptionSubsets",
            "KID as torch-fidelity computes it: the mean over random subsets, seeded; lower is better.",
        ),
        "kl_ngram": Entry(
            "evalsuite.metrics.ngram_divergence:KlNgram",
            "KL divergence: of the n-grams of the outputs from those of the references, in nats; lower is better.",
        ),
        "label_agreement": Entry(
            "evalsuite.metrics.label_agreement:LabelAgreement",
            "Label agreement: share of images that the embedded classifier puts into the class asked for, 0-1.",
        ),
        "likelihood_aurc": Entry(
            "evalsuite.metrics.likelihood_calibration:LikelihoodAreaUnderRisk",
            "AURC of likelihood: errors left where the least likely outputs are passed over, 0-1; lower is better.",
        ),
        "likelihood_ece": Entry(
            "evalsuite.metrics.likelihood_calibration:LikelihoodCalibrationError",
            "ECE of likelihood: how far the probability of an output is from its being right, 0-1; lower is better.",
        ),
        "loop_rate": Entry(
            "evalsuite.metrics.loop_rate:LoopRate",
            "Loop rate: share of outputs that end in a loop, 0-1; lower is better.",
        ),
        "lpips": Entry(
            "evalsuite.metrics.lpips:LearnedPerceptualSimilarity",
            "LPIPS: how far each image is from its reference in a network's eyes, mean over samples; lower is better.",
        ),
        "lpips_diversity": Entry(
            "evalsuite.metrics.diversity:LpipsDiversity",
            "LPIPS diversity: mean LPIPS of two images, over all pairs; higher is better.",
        ),
        "maj_at_k": Entry(
            "evalsuite.metrics.maj_at_k:MajAtK",
            "maj@k: chance that the most frequent answer of k outputs is right, mean over samples, 0-1.",
        ),
        "mauve": Entry(
            "evalsuite.metrics.mauve:Mauve",
            "MAUVE: overlap of the outputs with the references, as shares in clusters of their features, 0-1.",
        ),
        "memorisation": Entry(
            "evalsuite.metrics.memorisation:Memorisation",
            "Memorisation: share of the images that are nearer to a training image than unseen ones are, 0-1.",
        ),
        "mer": Entry(
            "evalsuite.metrics.wer:MatchErrorRate",
            "MER: share of aligned words that are wrong, missing or added, over all outputs, 0-1; lower is better.",
        ),
        "meteor": Entry(
            "evalsuite.metrics.meteor:Meteor",
            "METEOR: words, stems and synonyms in common, less a penalty for their order, mean over samples, 0-1.",
        ),
        "mg_pass_at_k": Entry(
            "evalsuite.metrics.pass_at_k:MeanGPassAtK",
            "mG-Pass@k: G-Pass@k averaged over shares from one half to all, mean over samples, 0-1.",
        ),
        "motion_accuracy": Entry(
            "evalsuite.metrics.motion_accuracy:MotionAccuracy",
            "Motion accuracy: share of videos that show the shapes asked for, and only those, moving as asked, 0-1.",
        ),
        "ms_ssim": Entry(
            "evalsuite.metrics.ssim:MultiScaleStructuralSimilarity",
            "MS-SSIM: structural similarity of each image with its reference at five scales, mean over samples, 0-1.",
        ),
        "ngram_entropy": Entry(
            "evalsuite.metrics.ngram_entropy:NgramEntropy",
            "N-gram entropy: how evenly the outputs' n-grams are spread, over all outputs together, in nats.",
        ),
        "pass_at_k": Entry(
            "evalsuite.metrics.pass_at_k:PassAtK",
            "pass@k: chance that at least one of k outputs is right, mean over samples, 0-1.",
        ),
        "pass_hat_k": Entry(
            "evalsuite.metrics.pass_at_k:PassHatK",
            "pass^k: chance that all of k outputs are right, mean over samples, 0-1.",
        ),
        "path_agreement": Entry(
            "evalsuite.metrics.path_agreement:PathAgreement",
            "Path agreement: how alike the outputs of a sample are, mean over pairs, then over samples, 0-1.",
        ),
        "perplexity": Entry(
            "evalsuite.metrics.perplexity:Perplexity",
            "Perplexity: inverse probability of the texts per token, a geometric mean over all; lower is better.",
        ),
        "plan_optimality": Entry(
            "evalsuite.metrics.plan_validity:PlanOptimality",
            "Plan optimality: shortest plans among the valid ones, 0-1.",
        ),
        "plan_validity": Entry(
            "evalsuite.metrics.plan_validity:PlanValidity",
            "Plan validity: share of plans that lead from the start to the goal by moves that exist, 0-1.",
        ),
        "precision": Entry(
            "evalsuite.metrics.precision_recall:Precision",
            "Precision: share of the images that lie among the reference images, by nearest neighbours, 0-1.",
        ),
        "psnr": Entry(
            "evalsuite.metrics.psnr:PeakSignalToNoiseRatio",
            "PSNR: peak signal over the error of each image from its reference, in decibels, mean over samples, 0-100.",
        ),
        "recall": Entry(
            "evalsuite.metrics.precision_recall:Recall",
            "Recall: share of the reference images that lie among the images, by nearest neighbours, 0-1.",
        ),
        "recovery": Entry(
            "evalsuite.metrics.recovery:Recovery",
            "Recovery r: right steps among those that build on a wrong one, 0-1; higher is better.",
        ),
        "repetition_4": Entry(
            "evalsuite.metrics.repetition:Repetition4",
            "rep-4: share of 4-grams that repeat one of their own output, over all outputs, 0-1; lower is better.",
        ),
        "rouge1": Entry("evalsuite.metrics.rouge:Rouge1", "ROUGE-1: F-score of single words, mean over samples, 0-1."),
        "rouge2": Entry(
            "evalsuite.metrics.rouge:Rouge2", "ROUGE-2: F-score of pairs of words, mean over samples, 0-1."
        ),
        "rougeL": Entry(
            "evalsuite.metrics.rouge:RougeL",
            "ROUGE-L: F-score of the longest common subsequence of words, mean over samples, 0-1.",
        ),
        "rougeLsum": Entry(
            "evalsuite.metrics.rouge:RougeLsum",
            "ROUGE-Lsum: F-score of the common subsequences of sentences, mean over samples, 0-1.",
        ),
        "self_bleu": Entry(
            "evalsuite.metrics.self_bleu:SelfBleu",
            "Self-BLEU: mean BLEU of each output against all the others, 0-1; lower is more diverse.",
        ),
        "self_conditioning": Entry(
            "evalsuite.metrics.self_conditioning:SelfConditioning",
            "Self-conditioning: risk of a new error with an own error in the text, over that without; lower is better.",
        ),
        "selfcheck_ngram": Entry(
            "evalsuite.metrics.selfcheck_ngram:SelfCheckNgram",
            "SelfCheckGPT n-gram: -log p of outputs under the n-grams of all of a sample, in nats; lower is better.",
        ),
        "seq_rep_4": Entry(
            "evalsuite.metrics.repetition:SequenceRepetition4",
            "seq-rep-4: share of 4-grams that repeat one of their own output, mean over outputs, 0-1; lower is better.",
        ),
        "slot_accuracy": Entry(
            "evalsuite.metrics.slot_accuracy:SlotAccuracy",
            "Slot accuracy: slots said right, over those of the record and those made up, 0-1.",
        ),
        "ssim": Entry(
            "evalsuite.metrics.ssim:StructuralSimilarity",
            "SSIM: structural similarity of each image with its reference, mean over samples, -1 to 1.",
        ),
        "step_accuracy": Entry(
            "evalsuite.metrics.step_accuracy:StepAccuracy",
            "Step accuracy: steps stated right, over the steps due, 0-1.",
        ),
        "step_error": Entry(
            "evalsuite.metrics.step_error:StepError",
            "Step error e: wrong steps among those that build on right ones alone, 0-1; lower is better.",
        ),
        "temporal_consistency": Entry(
            "evalsuite.metrics.temporal_consistency:TemporalConsistency",
            "Temporal consistency: likeness of neighbouring frames, mean over videos, -1 to 1.",
        ),
        "ter": Entry(
            "evalsuite.metrics.ter:Ter",
            "TER: edits, shifts of blocks among them, divided by reference words, over the corpus, in percent.",
        ),
        "token_f1": Entry(
            "evalsuite.metrics.token_f1:TokenF1",
            "Token F1: overlap of words with a reference as an F-score, mean over samples, 0-1.",
        ),
        "tokens_per_step": Entry(
            "evalsuite.metrics.tokens_per_step:TokensPerStep",
            "Tokens per step: tokens written, over steps stated; from 3 up; lower is better.",
        ),
        "truncation_rate": Entry(
            "evalsuite.metrics.truncation_rate:TruncationRate",
            "Truncation rate: share of outputs that the token budget cut off, 0-1; lower is better.",
        ),
        "variant_agreement": Entry(
            "evalsuite.metrics.variant_agreement:VariantAgreement",
            "Variant agreement: share of pairs of an item's variants that are answered alike, right or wrong, 0-1.",
        ),
        "variant_delta": Entry(
            "evalsuite.metrics.variant_delta:VariantDelta",
            "Variant delta: accuracy on variants less that on their bases, paired by item, -1 to 1; below 0: fragile.",
        ),
        "vendi": Entry(
            "evalsuite.metrics.vendi:Vendi",
            "Vendi score: how many different images there seem to be, by cosines of their features; higher is better.",
        ),
        "wer": Entry(
            "evalsuite.metrics.wer:WordErrorRate",
            "WER: word edits per word of the reference, over all outputs; lower is better.",
        ),
        "wil": Entry(
            "evalsuite.metrics.wer:WordInformationLost",
            "WIL: word information lost, over all outputs, 0-1; lower is better.",
        ),
        "word_perplexity": Entry(
            "evalsuite.metrics.perplexity:WordPerplexity",
            "Word perplexity: inverse probability of the texts per word, a geometric mean over all; lower is better.",
        ),
        "wrong_path": Entry(
            "evalsuite.metrics.wrong_path:WrongPath",
            "Wrong path: right answers with a wrong step, over right answers with steps, 0-1; lower is better.",
        ),
        "zipf": Entry(
            "evalsuite.metrics.zipf:Zipf",
            "Zipf coefficient: how steeply the outputs' word frequencies fall with rank; lower is flatter.",
        ),
    },
)


def __getattr__(name: str) -> Any:
    """Import the classes with sacrebleu's and rouge-score's interfaces when they are first used."""
    if name in ("BLEU", "CHRF", "TER", "RougeScorer"):
        return getattr(import_module("evalsuite.text"), name)
    raise AttributeError(f"module 'evalsuite.metrics' has no attribute {name!r}")
